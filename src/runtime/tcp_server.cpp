#include "runtime/tcp_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <chrono>
#include <csignal>
#include <map>

#include "base/error.hpp"

namespace v6 {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

using std::chrono::milliseconds;

/// Between two looks at the clock at least this much real time passes, however fast the market is.
constexpr Duration kLeastBetweenWakeups = milliseconds{20};
/// How long a connection that is being closed may take to read the rest and close its side.
constexpr Duration kFarewell = milliseconds{1'500};

/// For what may fail without consequence: the connection ends either way.
void never_mind(const error_code& /*error*/) {}

RealTime real_now() { return std::chrono::steady_clock::now(); }

asio::ip::address parse_address(const std::string& text) {
  error_code error;
  const auto address = asio::ip::make_address(text == "localhost" ? "127.0.0.1" : text, error);
  if (error) {
    fail_usage(fmt::format("--listen \"{}\": accepted is an IP address, as 127.0.0.1", text));
  }
  return address;
}

}  // namespace

class TcpServer::Impl {
 public:
  Impl(const TcpServerSettings& settings, LinkService& service)
      : service_{&service}, acceptor_{io_}, timer_{io_}, signals_{io_} {
    const tcp::endpoint endpoint{parse_address(settings.address), settings.port};
    error_code error;
    const bool failed = acceptor_.open(endpoint.protocol(), error) ||
                        acceptor_.set_option(asio::socket_base::reuse_address{true}, error) ||
                        acceptor_.bind(endpoint, error) ||
                        acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!failed) { return; }
    const std::string_view advice =
        error == asio::error::address_in_use
            ? "stop what listens there, or take any free port with --port 0"
            : "choose another address or port";
    throw Failure(ExitCode::kBroker, fmt::format("cannot listen on {}:{}: {}; {}", settings.address,
                                                 settings.port, error.message(), advice));
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void stop() {
    asio::post(io_, [this] { end(); });
  }

  void run() {
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.async_wait([this](error_code error, int) {
      if (!error) { end(); }
    });
    accept_next();
    arm_timer();
    io_.run();
    peers_.clear();
  }

 private:
  struct Peer {
    Peer(LinkService::Link own_link, tcp::socket own_socket)
        : link{own_link}, socket{std::move(own_socket)}, farewell{socket.get_executor()} {}
    LinkService::Link link;
    tcp::socket socket;
    asio::steady_timer farewell;
    std::array<char, std::size_t{64} * 1024> incoming{};
    std::string outgoing;  // being written
    bool writing = false;
    bool leaving = false;  // its output ends with what is being written
    bool open = true;
  };
  using PeerPtr = std::shared_ptr<Peer>;

  void end() {
    ending_ = true;
    io_.stop();
  }

  void accept_next() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) { return; }
      if (!error) {
        welcome(std::move(socket));
        accept_next();
        return;
      }
      // Out of descriptors, most likely: others close some while we wait.
      retry_.expires_after(milliseconds{100});
      retry_.async_wait([this](error_code failed) {
        if (!failed) { accept_next(); }
      });
    });
  }

  void welcome(tcp::socket socket) {
    error_code ignored;
    never_mind(socket.set_option(tcp::no_delay{true}, ignored));
    const LinkService::Link link = service_->opened(real_now());
    const auto peer = std::make_shared<Peer>(link, std::move(socket));
    peers_[link] = peer;
    read_next(peer);
    flush(*peer, peer);
  }

  void read_next(const PeerPtr& peer) {
    peer->socket.async_read_some(
        asio::buffer(peer->incoming), [this, peer](error_code error, std::size_t count) {
          if (!peer->open) { return; }
          if (error) { return drop(peer); }
          // What a client says after we have decided to close is read and forgotten, so that the
          // kernel does not reset the connection over our last words.
          if (!peer->leaving) {
            service_->received(peer->link, {peer->incoming.data(), count}, real_now());
            flush_all();
          }
          if (peer->open) { read_next(peer); }
        });
  }

  /// Whatever came in may have caused output for anybody.
  void flush_all() {
    const auto peers = peers_;
    for (const auto& [link, peer] : peers) { flush(*peer, peer); }
  }

  void flush(Peer& peer, const PeerPtr& own) {
    if (!peer.open || peer.writing || peer.leaving) { return; }
    const bool last = service_->wants_close(peer.link);
    peer.outgoing = service_->take_output(peer.link);
    if (last) {
      peer.leaving = true;
      peer.farewell.expires_after(kFarewell);
      peer.farewell.async_wait([this, own](error_code error) {
        if (!error) { drop(own); }
      });
    }
    if (peer.outgoing.empty()) {
      if (last) { say_goodbye(peer); }
      return;
    }
    peer.writing = true;
    asio::async_write(peer.socket, asio::buffer(peer.outgoing),
                      [this, own](error_code error, std::size_t) {
                        own->writing = false;
                        if (!own->open) { return; }
                        if (error) { return drop(own); }
                        if (own->leaving) { return say_goodbye(*own); }
                        flush(*own, own);
                      });
  }

  static void say_goodbye(Peer& peer) {
    error_code ignored;
    never_mind(peer.socket.shutdown(tcp::socket::shutdown_send, ignored));
  }

  void drop(const PeerPtr& peer) {
    if (!peer->open) { return; }
    peer->open = false;
    error_code ignored;
    peer->farewell.cancel();
    never_mind(peer->socket.close(ignored));
    peers_.erase(peer->link);
    service_->closed(peer->link, real_now());
    flush_all();
  }

  void arm_timer() {
    const RealTime due = std::max(service_->next_wakeup(), real_now() + kLeastBetweenWakeups);
    timer_.expires_at(due);
    timer_.async_wait([this](error_code error) {
      if (error || ending_) { return; }
      service_->on_time(real_now());
      flush_all();
      arm_timer();
    });
  }

  asio::io_context io_{1};
  LinkService* service_;
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  asio::steady_timer retry_{io_};
  asio::signal_set signals_;
  std::map<LinkService::Link, PeerPtr> peers_;
  bool ending_ = false;
};

TcpServer::TcpServer(const TcpServerSettings& settings, LinkService& service)
    : impl_{std::make_unique<Impl>(settings, service)} {}
TcpServer::~TcpServer() = default;
std::uint16_t TcpServer::port() const { return impl_->port(); }
void TcpServer::run() { impl_->run(); }
void TcpServer::stop() { impl_->stop(); }
bool TcpServer::is_loopback(const std::string& address) {
  return parse_address(address).is_loopback();
}

}  // namespace v6
