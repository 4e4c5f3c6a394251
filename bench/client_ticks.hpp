#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

namespace v6::bench {

/// A client that is ready, streams the lines it wanted, and is told ticks of them.
class ClientTicks {
 public:
  /// Brings client and simulated gateway to that point, on the shipped chains in `data`.
  explicit ClientTicks(const std::filesystem::path& data);
  ~ClientTicks();

  /// Tells it one piece of bytes with a tick of every kind for each line, prices new each time.
  /// The number of ticks in it; 0 when the session is not as it should be.
  std::size_t tell();

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

}  // namespace v6::bench
