#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace v6 {

/// A ticker or option root: one to six capital letters, nothing else, ever.
class Symbol {
 public:
  constexpr Symbol() = default;

  /// Nothing unless the text is ^[A-Z]{1,6}$.
  [[nodiscard]] static constexpr std::optional<Symbol> parse(std::string_view text) {
    if (text.empty() || text.size() > 6) { return std::nullopt; }
    Symbol symbol;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] < 'A' || text[i] > 'Z') { return std::nullopt; }
      symbol.letters_[i] = text[i];
    }
    return symbol;
  }
  [[nodiscard]] constexpr std::string_view text() const {
    std::size_t size = 0;
    while (size < letters_.size() && letters_[size] != '\0') { ++size; }
    return {letters_.data(), size};
  }
  [[nodiscard]] static constexpr Symbol from_raw(std::array<char, 8> letters) {
    Symbol symbol;
    symbol.letters_ = letters;
    return symbol;
  }
  [[nodiscard]] constexpr std::array<char, 8> raw() const { return letters_; }
  friend constexpr auto operator<=>(const Symbol&, const Symbol&) = default;

 private:
  std::array<char, 8> letters_{};
};

namespace literals {
consteval Symbol operator""_sym(const char* text, std::size_t size) {
  return Symbol::parse({text, size}).value();
}
}  // namespace literals

}  // namespace v6
