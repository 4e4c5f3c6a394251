#include "report/page.hpp"

#include <string_view>

#include "base/version.hpp"

namespace v6 {

/// The page without its data; src/report/CMakeLists.txt puts it together when building.
extern const std::string_view kPage;

std::string page_with(const Json& data) {
  constexpr std::string_view kPlace = "{{data}}";
  const auto place = kPage.find(kPlace);
  std::string page{kPage.substr(0, place)};
  // Inside a script element only "<" could end it or begin a comment.
  for (const char c : data.dump(-1, ' ', true)) {
    if (c == '<') {
      page += "\\u003c";
    } else {
      page += c;
    }
  }
  page += kPage.substr(place + kPlace.size());
  return page;
}

std::string build_text() { return std::string{kVersion} + ", " + std::string{kCompiler}; }

}  // namespace v6
