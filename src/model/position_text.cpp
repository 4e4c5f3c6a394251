#include "model/position_text.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace v6 {
namespace {

constexpr int kMostContracts = 1000;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (c != ' ' && c != '\t') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) { words.push_back(word); }
  return words;
}

std::optional<Contracts> contracts_in(std::string_view text) {
  const bool plus = text.starts_with('+');
  if (plus) { text.remove_prefix(1); }
  const auto count = parse_decimal(text, std::int64_t{kMostContracts} * 10'000);
  if (!count || *count % 10'000 != 0 || *count == 0 || (plus && *count < 0)) {
    return std::nullopt;
  }
  return Contracts{static_cast<std::int32_t>(*count / 10'000)};
}

std::optional<OptionRight> right_in(std::string_view text) {
  if (text == "C" || text == "call") { return OptionRight::kCall; }
  if (text == "P" || text == "put") { return OptionRight::kPut; }
  return std::nullopt;
}

std::string known_roots() {
  std::string roots;
  for (const Instrument& instrument : instrument_table()) {
    roots += (roots.empty() ? "" : ", ") + std::string{instrument.root.text()};
  }
  return roots;
}

}  // namespace

std::string PositionTextError::text() const {
  return fmt::format("{} \"{}\": accepted {}", field, value, accepted);
}

std::expected<ContractPosition, PositionTextError> parse_position(std::string_view text) {
  const auto bad = [](std::string field, std::string_view value, std::string accepted) {
    return std::unexpected{
        PositionTextError{std::move(field), std::string{value}, std::move(accepted)}};
  };
  const auto words = words_of(text);
  if (words.size() != 5) {
    return bad("leg", text,
               "is CONTRACTS ROOT EXPIRY STRIKE C|P, as \"-1 SPXW 2019-06-21 2750 P\"");
  }
  const auto contracts = contracts_in(words[0]);
  if (!contracts) {
    return bad(
        "contracts", words[0],
        fmt::format("is a whole number from -{0} to {0}, not 0; sold is negative", kMostContracts));
  }
  const auto root = Symbol::parse(words[1]);
  if (!root || find_instrument(*root) == nullptr) {
    return bad("root", words[1], "are " + known_roots());
  }
  const auto expiry = parse_date(words[2]);
  if (!expiry) { return bad("expiry", words[2], "is a date as 2019-06-21"); }
  const auto strike = Price::parse(words[3]);
  if (!strike || *strike <= Price{}) {
    return bad("strike", words[3], "are dollars above 0, as 2750 or 2750.50");
  }
  const auto right = right_in(words[4]);
  if (!right) { return bad("right", words[4], "are C, P, call, put"); }
  return ContractPosition{
      .contract = {.root = *root, .expiry = *expiry, .strike = *strike, .right = *right},
      .quantity = *contracts};
}

}  // namespace v6
