#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include "base/codec.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "sim/exchange.hpp"

/// The book on disk: a line that says what it is, a checksum, the account and the book.
namespace v6 {
namespace {

constexpr std::string_view kMagic = "V6 exchange book 1\n";
constexpr std::int64_t kPermIdsSkipped = 1'000;

std::uint64_t checksum(std::span<const std::byte> bytes) {
  std::uint64_t sum = bytes.size();
  for (const std::byte byte : bytes) { sum = mix(sum ^ static_cast<std::uint8_t>(byte)); }
  return sum;
}

[[noreturn]] void fail_file(const std::filesystem::path& path, std::string_view what) {
  fail_data(fmt::format("{}: {}", path.string(), what));
}

/// A descriptor that closes itself.
class File {
 public:
  File(const std::filesystem::path& path, int flags)
      : path_{path}, descriptor_{::open(path.c_str(), flags | O_CLOEXEC, 0600)} {
    if (descriptor_ < 0) { fail(); }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(descriptor_); }

  void write(std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
      const auto written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) { fail(); }
      if (written > 0) { bytes = bytes.subspan(static_cast<std::size_t>(written)); }
    }
  }
  void sync() const {
    if (::fsync(descriptor_) != 0) { fail(); }
  }

 private:
  [[noreturn]] void fail() const {
    fail_file(path_, fmt::format("cannot write: {}", std::strerror(errno)));
  }
  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace

void Exchange::save(const std::filesystem::path& path) const {
  ExchangeBook kept = book_;
  std::erase_if(kept.orders,
                [](const auto& entry) { return entry.second.status == BookStatus::kHeld; });
  const auto name = [&](ConId id) {
    const Listing* option = market_->find(id);
    if (!option || !option->is_option()) { return; }
    kept.contracts[id] = {.root = option->trading_class(),
                          .expiry = option->expiry,
                          .strike = option->strike,
                          .right = option->right};
  };
  for (const auto& [con_id, position] : kept.positions) { name(con_id); }
  for (const Execution& execution : kept.executions) { name(execution.con_id); }
  for (const auto& [perm_id, order] : kept.orders) {
    name(order.request.con_id);
    for (const OrderLeg& leg : order.request.legs) { name(leg.con_id); }
  }
  ByteWriter body;
  encode(body, settings_.account);
  encode(body, settings_.book);
  encode(body, kept);
  ByteWriter file;
  file.raw(kMagic.data(), kMagic.size());
  encode(file, checksum(body.bytes()));
  file.raw(body.bytes().data(), body.bytes().size());

  const std::filesystem::path fresh = path.string() + ".new";
  {
    const File out{fresh, O_WRONLY | O_CREAT | O_TRUNC};
    out.write(file.bytes());
    out.sync();
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
  if (error) { fail_file(path, "cannot replace: " + error.message()); }
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
  File{folder, O_RDONLY | O_DIRECTORY}.sync();
}

bool Exchange::load(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) { return false; }
  std::ifstream in{path, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in.good() && !in.eof()) { fail_file(path, "cannot read"); }
  if (!text.starts_with(kMagic)) { fail_file(path, "is no book of a simulated exchange"); }
  ByteReader reader{std::as_bytes(std::span{text}.subspan(kMagic.size()))};
  try {
    std::uint64_t sum = 0;
    decode(reader, sum);
    const auto body = std::as_bytes(std::span{text}.subspan(kMagic.size() + sizeof sum));
    if (checksum(body) != sum) { fail_file(path, "is damaged: its checksum differs"); }
    std::string account;
    decode(reader, account);
    if (account != settings_.account) {
      fail_file(path,
                fmt::format("is the book of account {}, not of {}", account, settings_.account));
    }
    decode(reader, settings_.book);
    decode(reader, book_);
  } catch (const DecodeError& fault) {
    fail_file(path, fmt::format("is damaged: {}", fault.what()));
  }
  for (const auto& [con_id, contract] : book_.contracts) {
    if (!market_->know(contract) && !market_->find(con_id)) {
      fail_file(path, fmt::format("holds {}, which this market does not list: it is the book of "
                                  "another one",
                                  contract.text()));
    }
  }
  // What a crash kept from the file was told to clients all the same: its numbers stay used.
  ++book_.generation;
  book_.next_perm_id += kPermIdsSkipped;
  return true;
}

}  // namespace v6
