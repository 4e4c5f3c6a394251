#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/error.hpp"

namespace v6 {
namespace {

/// Columns on a screen: UTF-8 continuation bytes take none.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    fail_data("standard output cannot be written to");
  }
}

void complain(std::string_view text) { (void)std::fwrite(text.data(), 1, text.size(), stderr); }

ProgressBar::ProgressBar(std::string what)
    : what_{std::move(what)},
      on_{isatty(STDERR_FILENO) != 0},
      started_{std::chrono::steady_clock::now()} {}

ProgressBar::~ProgressBar() {
  if (shown_) { complain("\r\x1b[K"); }
}

void ProgressBar::show(std::size_t done, std::size_t all) {
  if (!on_ || all == 0) { return; }
  constexpr std::size_t kWidth = 30;
  const std::size_t filled = kWidth * done / all;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  complain(fmt::format("\r{} [{}{}] {}/{}  {:.0f} s left\x1b[K", what_, std::string(filled, '#'),
                       std::string(kWidth - filled, ' '), done, all,
                       seconds / static_cast<double>(std::max<std::size_t>(1, done)) *
                           static_cast<double>(all - done)));
  shown_ = true;
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  std::vector<bool> right(widths.size());
  std::vector<std::vector<std::string>> rows = rows_;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    right[i] = rows.front()[i].starts_with('>');
    if (right[i]) { rows.front()[i].erase(0, 1); }
    for (const auto& row : rows) { widths[i] = std::max(widths[i], columns_of(row[i])); }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - columns_of(row[i]), ' ');
      line += (i > 0 ? "  " : "") + (right[i] ? blanks + row[i] : row[i] + blanks);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace v6
