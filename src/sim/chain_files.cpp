#include "sim/chain_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "calendar/calendar.hpp"

namespace v6 {
namespace {

/// The date in "SPX_20190426.csv.gz" or "SPX_20190426.csv"; nothing for a file of another kind.
std::optional<Date> date_in_name(std::string_view name, Symbol underlying) {
  const auto prefix = fmt::format("{}_", underlying.text());
  if (!name.starts_with(prefix)) return std::nullopt;
  const auto digits = name.substr(prefix.size(), 8);
  const auto suffix = name.substr(prefix.size() + digits.size());
  if ((suffix != ".csv" && suffix != ".csv.gz") ||
      digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto date = parse_compact_date(digits);
  if (!date) { fail_data(fmt::format("{}: \"{}\" is no date; accepted: YYYYMMDD", name, digits)); }
  return date;
}

/// All files of the underlying in a folder, by date.
std::vector<ChainFile> all_files(const std::filesystem::path& folder, Symbol underlying) {
  std::error_code error;
  std::vector<ChainFile> files;
  for (std::filesystem::directory_iterator entry{folder, error}, end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unknown;
    if (!entry->is_regular_file(unknown)) continue;
    if (const auto date = date_in_name(entry->path().filename().string(), underlying)) {
      files.push_back({.date = *date, .path = entry->path()});
    }
  }
  if (error) {
    fail_data(fmt::format("{}: cannot read this folder of chain files {}_YYYYMMDD.csv.gz: {}",
                          folder.string(), underlying.text(), error.message()));
  }
  std::ranges::sort(files, {}, [](const ChainFile& file) {
    return std::pair{file.date, file.path.filename().string()};
  });
  return files;
}

void check_session(const ChainFile& file, const Calendar& calendar) {
  const auto name = file.path.filename().string();
  if (!calendar.covers(file.date)) {
    const ListSource& known = calendar.data().holidays_source;
    fail_data(fmt::format("{}: {} lies outside the market calendar {}; accepted: {} to {}", name,
                          iso(file.date), known.name, iso(known.first), iso(known.last)));
  }
  if (calendar.is_session(file.date)) return;
  const std::chrono::weekday day{file.date};
  const bool weekend = day == std::chrono::Saturday || day == std::chrono::Sunday;
  fail_data(
      fmt::format("{}: {} is no trading session ({}): its quotes are stale copies; remove "
                  "the file",
                  name, iso(file.date), weekend ? "weekend" : "market holiday"));
}

}  // namespace

std::vector<ChainFile> list_chain_files(const std::filesystem::path& folder, Symbol underlying,
                                        Date from, Date to, const Calendar& calendar) {
  auto files = all_files(folder, underlying);
  if (files.empty()) {
    fail_data(fmt::format("{}: no file {}_YYYYMMDD.csv.gz (or .csv) in this folder",
                          folder.string(), underlying.text()));
  }
  const auto held =
      fmt::format("{} of {} to {}", files.size(), iso(files.front().date), iso(files.back().date));
  std::erase_if(files, [&](const ChainFile& file) { return file.date < from || file.date > to; });
  if (files.empty()) {
    fail_data(
        fmt::format("{}: no file {}_YYYYMMDD.csv.gz (or .csv) from {} to {}; the folder "
                    "holds {}",
                    folder.string(), underlying.text(), iso(from), iso(to), held));
  }
  const auto twin = std::ranges::adjacent_find(files, {}, &ChainFile::date);
  if (twin != files.end()) {
    fail_data(fmt::format("{}: two files of {}: {} and {}; keep one", folder.string(),
                          iso(twin->date), twin->path.filename().string(),
                          std::next(twin)->path.filename().string()));
  }
  for (const ChainFile& file : files) { check_session(file, calendar); }
  return files;
}

DayOfQuotes intern_day(ParsedDay day, ContractIndex& index) {
  const std::size_t known = index.size();
  auto chain = std::make_shared<Chain>(std::move(day.chain));
  chain->contract.reserve(day.contracts.size());
  for (const ContractKey contract : day.contracts) {
    chain->contract.push_back(index.intern(contract).raw());
  }
  ContractsListed listed{.first = ContractId{static_cast<std::uint32_t>(known)}};
  for (std::size_t i = known; i < index.size(); ++i) {
    listed.contracts.push_back(index.master().columns.at(i));
  }
  return {.date = day.date,
          .spot = day.spot,
          .chain = std::move(chain),
          .new_contracts = std::move(listed),
          .refused = std::move(day.refused),
          .rows = day.rows,
          .warnings = std::move(day.warnings)};
}

bool same_quotes(const Chain& a, const Chain& b) {
  constexpr std::size_t kNowhere = ~std::size_t{0};
  std::vector<std::size_t> row_of;  // in b, by contract
  for (std::size_t row = 0; row < b.size(); ++row) {
    if (b.contract[row] >= row_of.size()) row_of.resize(b.contract[row] + 1, kNowhere);
    row_of[b.contract[row]] = row;
  }
  bool any = false;
  for (std::size_t row = 0; row < a.size(); ++row) {
    const auto id = a.contract[row];
    if (id >= row_of.size() || row_of[id] == kNowhere) continue;
    if (a.quote(row) != b.quote(row_of[id])) return false;
    any = true;
  }
  return any;
}

void refuse_stale_copy(const ChainFile& file, const Chain& chain, const ChainFile& previous,
                       const Chain& previous_chain) {
  if (same_quotes(chain, previous_chain)) {
    fail_data(
        fmt::format("{}: every bid and ask is that of {}: its quotes are stale copies; "
                    "remove the file",
                    file.path.filename().string(), previous.path.filename().string()));
  }
}

}  // namespace v6
