#include "base/enum_text.hpp"

namespace v6 {

std::string snake_case(std::string_view enumerator) {
  if (enumerator.starts_with('k')) { enumerator.remove_prefix(1); }
  std::string text;
  for (const char c : enumerator) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !text.empty()) { text += '_'; }
    text += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

}  // namespace v6
