#include "runtime/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/error.hpp"
#include "model/position_text.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void unusable(const fs::path& path, std::string_view why) {
  fail_configuration(fmt::format("{}: {}; choose another with --state", path.string(), why));
}

std::string text_in(const fs::path& path) {
  const std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

/// All of the new text or all of the old, whatever happens.
void replace(const fs::path& path, std::string_view text) {
  const fs::path part = path.string() + ".part";
  const int file = ::open(part.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, text.data(), text.size()) == std::ssize(text) &&
                       ::fsync(file) == 0;
  if (file >= 0) { ::close(file); }
  if (!written) { unusable(part, "cannot be written"); }
  fs::rename(part, path);
}

ibkr::Book book_in(const fs::path& path) {
  ibkr::Book book{};
  const std::string text = text_in(path);
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_hex2bin(book.data(), book.size(), text.data(), text.size(), "\n", &size, &end) != 0 ||
      size != book.size()) {
    unusable(path, "is not the 24 hexadecimal digits it was made with");
  }
  return book;
}

ibkr::Book random_book() {
  ibkr::Book book{};
  randombytes_buf(book.data(), book.size());
  return book;
}

ibkr::Book keep_book(const fs::path& path, const ibkr::Book& book) {
  std::string text(2 * book.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), book.data(), book.size());
  text.back() = '\n';
  replace(path, text);
  return book;
}

}  // namespace

StateFolder::StateFolder(fs::path path, std::optional<ibkr::Book> book) : path_{std::move(path)} {
  std::error_code error;
  fs::create_directories(path_ / "journal", error);
  if (error) { unusable(path_, error.message()); }
  fs::permissions(path_, fs::perms::owner_all, error);
  lock_ = ::open((path_ / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock_ < 0) { unusable(path_, "its lock cannot be opened"); }
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw Failure(ExitCode::kRefused,
                  fmt::format("{}: another v6 lives in this state folder; stop it, or choose "
                              "another folder with --state",
                              path_.string()));
  }
  if (sodium_init() < 0) { unusable(path_, "no source of randomness"); }
  const fs::path kept = path_ / "book";
  book_ = fs::exists(kept) ? book_in(kept) : keep_book(kept, book ? *book : random_book());
}

StateFolder::~StateFolder() { ::close(lock_); }

std::vector<fs::path> StateFolder::journals() const {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator{path_ / "journal"}) {
    if (entry.path().extension() == ".db") { found.push_back(entry.path()); }
  }
  std::ranges::sort(found);
  return found;
}

fs::path StateFolder::next_journal() const {
  const auto before = journals();
  return journal_path(path_, before.empty() ? 1 : life_of(before.back()) + 1);
}

fs::path journal_path(const fs::path& state, std::uint32_t life) {
  return state / "journal" / fmt::format("{:06}.db", life);
}

std::uint32_t life_of(const fs::path& file) {
  return static_cast<std::uint32_t>(std::stoul(file.stem().string()));
}

std::vector<ibkr::ContractRow> StateFolder::contracts() const {
  std::vector<ibkr::ContractRow> rows;
  std::istringstream lines{text_in(path_ / "contracts.csv")};
  for (std::string line; std::getline(lines, line);) {
    // A row that cannot be read is asked of the broker again.
    std::istringstream fields{line};
    ibkr::ContractRow row;
    char comma = 0;
    std::string seen;
    std::string contract;
    if (!(fields >> row.con_id >> comma >> row.market_rule >> comma)) { continue; }
    if (!std::getline(fields, seen, ',') || !std::getline(fields, contract)) { continue; }
    const auto date = parse_date(seen);
    const auto position = parse_position("1 " + contract);
    if (!date || !position) { continue; }
    row.seen = *date;
    row.contract = position->contract;
    rows.push_back(row);
  }
  return rows;
}

void StateFolder::store(const std::vector<ibkr::ContractRow>& rows) const {
  std::string text;
  for (const ibkr::ContractRow& row : rows) {
    text +=
        fmt::format("{},{},{},{} {} {} {}\n", row.con_id, row.market_rule, iso(row.seen),
                    row.contract.root.text(), iso(row.contract.expiry), row.contract.strike.text(),
                    row.contract.right == OptionRight::kCall ? 'C' : 'P');
  }
  replace(path_ / "contracts.csv", text);
}

std::size_t StateFolder::begin_life(Instant now, Duration window) const {
  std::istringstream lines{text_in(path_ / "starts")};
  std::string kept;
  std::size_t crashes = 0;
  for (std::int64_t at = 0; lines >> at;) {
    const Duration age = now.time_since_epoch() - Duration{at};
    if (age < Duration{} || age > window) { continue; }
    kept += fmt::format("{}\n", at);
    ++crashes;
  }
  replace(path_ / "starts", kept + fmt::format("{}\n", now.time_since_epoch().count()));
  return crashes;
}

void StateFolder::end_life() const { replace(path_ / "starts", ""); }

}  // namespace v6
