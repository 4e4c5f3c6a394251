#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

/// A stream of bytes as messages, and how a session opens. Protocol reference 1.2 and 1.3.
namespace v6::ibkr {

/// The versions we speak; the client offers from `kOldestOffered` on and trades within these.
inline constexpr int kOldestOffered = 157;
inline constexpr int kOldestVersion = 177;
inline constexpr int kNewestVersion = 178;

inline constexpr std::size_t kLongestMessage = 0xFFFFFF;
inline constexpr std::string_view kOpening{"API\0", 4};

struct FrameError {
  std::string why;
};

/// Cuts what arrives, in pieces of any size, into payloads. A payload is a view of the buffer that
/// lives until the next push().
class FrameReader {
 public:
  void push(std::string_view bytes) {
    // What was handed out is done with; what is left moves to the front.
    buffer_.erase(0, taken_);
    taken_ = 0;
    buffer_.append(bytes);
  }
  /// The next whole payload; absent: more bytes are needed. An error is for good: close the link.
  [[nodiscard]] std::expected<std::optional<std::string_view>, FrameError> next() {
    if (buffer_.size() - taken_ < 4) { return std::nullopt; }
    const std::size_t length = word(taken_);
    if (length > kLongestMessage) {
      return std::unexpected{FrameError{"a message of " + std::to_string(length) +
                                        " bytes; at most 16777215 are allowed"}};
    }
    if (buffer_.size() - taken_ - 4 < length) { return std::nullopt; }
    const std::string_view payload = std::string_view{buffer_}.substr(taken_ + 4, length);
    taken_ += 4 + length;
    return payload;
  }
  /// The first raw bytes, of the client's opening; absent: more are needed.
  [[nodiscard]] std::optional<std::string_view> raw(std::size_t count) {
    if (buffer_.size() - taken_ < count) { return std::nullopt; }
    const std::string_view bytes = std::string_view{buffer_}.substr(taken_, count);
    taken_ += count;
    return bytes;
  }
  [[nodiscard]] std::size_t waiting() const { return buffer_.size() - taken_; }

 private:
  [[nodiscard]] std::size_t word(std::size_t at) const {
    std::uint32_t value = 0;
    std::memcpy(&value, buffer_.data() + at, sizeof value);
    return std::byteswap(value);
  }

  std::string buffer_;
  std::size_t taken_ = 0;
};

/// "v157..178", "v178"; whatever follows a blank is options, and ignored.
struct VersionOffer {
  int least = 0;
  int most = 0;
};
[[nodiscard]] std::optional<VersionOffer> parse_offer(std::string_view text);
/// What the client sends first: the opening and its offer.
[[nodiscard]] std::string opening_of(VersionOffer offer);

/// The server's answer: version and the time with its zone, as text.
struct ServerHello {
  int version = 0;
  std::string time;
};
[[nodiscard]] std::optional<ServerHello> parse_hello(std::string_view payload);
void append_hello(std::string& out, const ServerHello& hello);

}  // namespace v6::ibkr
