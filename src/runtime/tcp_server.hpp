#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/session_clock.hpp"

namespace v6 {

/// What stands behind a server of connections: a machine of bytes and time. All calls come from the
/// thread in TcpServer::run(), one at a time.
class LinkService {
 public:
  using Link = std::uint32_t;

  LinkService() = default;
  LinkService(const LinkService&) = delete;
  LinkService& operator=(const LinkService&) = delete;
  virtual ~LinkService() = default;

  [[nodiscard]] virtual Link opened(RealTime now) = 0;
  virtual void received(Link link, std::string_view bytes, RealTime now) = 0;
  /// The connection is gone; not called for those the service itself wanted closed.
  virtual void closed(Link link, RealTime now) = 0;
  virtual void on_time(RealTime now) = 0;
  [[nodiscard]] virtual RealTime next_wakeup() = 0;

  /// What to write; asked again when all of the last was written, so that what waits waits here.
  [[nodiscard]] virtual std::string take_output(Link link) = 0;
  [[nodiscard]] virtual bool wants_close(Link link) = 0;
};

struct TcpServerSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
};

/// Moves the bytes of many connections; Boost.Asio stays in its source file.
class TcpServer {
 public:
  /// Listens from here on. Throws Failure: usage for an address that is none, broker when the port
  /// is taken or may not be used.
  TcpServer(const TcpServerSettings& settings, LinkService& service);
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;
  ~TcpServer();

  [[nodiscard]] std::uint16_t port() const;
  /// Serves until SIGTERM, SIGINT or stop(); then drops all connections.
  void run();
  /// Ends run(); from any thread.
  void stop();
  /// Whether an address is this machine's own and nobody else's.
  [[nodiscard]] static bool is_loopback(const std::string& address);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v6
