#include <fmt/format.h>

#include <array>
#include <boost/asio.hpp>

#include "base/error.hpp"
#include "runtime/rehearsal.hpp"

namespace v6 {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Both ends in one thread: what is written here is read there before anything else happens.
class LoopbackWire final : public Wire {
 public:
  void open() override {
    try {
      tcp::acceptor acceptor{io_, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
      client_ = tcp::socket{io_};
      client_.connect(acceptor.local_endpoint());
      gateway_ = acceptor.accept();
      for (tcp::socket* end : {&client_, &gateway_}) {
        end->set_option(tcp::no_delay{true});
        end->non_blocking(true);
      }
    } catch (const boost::system::system_error& error) {
      throw Failure(ExitCode::kBroker,
                    fmt::format("no TCP connection over 127.0.0.1: {}; the demo needs one",
                                error.code().message()));
    }
  }
  void close() override {
    boost::system::error_code ignored;
    static_cast<void>(client_.close(ignored));
    static_cast<void>(gateway_.close(ignored));
  }
  void to_gateway(std::string_view bytes, const Sink& sink) override {
    carry(client_, gateway_, bytes, sink);
  }
  void to_client(std::string_view bytes, const Sink& sink) override {
    carry(gateway_, client_, bytes, sink);
  }

 private:
  void carry(tcp::socket& from, tcp::socket& to, std::string_view bytes, const Sink& sink) {
    for (std::size_t arrived = 0, written = 0; arrived < bytes.size();) {
      boost::system::error_code error;
      written += from.write_some(asio::buffer(bytes.substr(written)), error);
      if (error && error != asio::error::would_block) { fail(error); }
      const std::size_t count = to.read_some(asio::buffer(piece_), error);
      if (error && error != asio::error::would_block) { fail(error); }
      if (count > 0) { sink({piece_.data(), count}); }
      arrived += count;
    }
  }
  [[noreturn]] static void fail(const boost::system::error_code& error) {
    throw Failure(ExitCode::kBroker,
                  fmt::format("the TCP connection over 127.0.0.1 broke: {}", error.message()));
  }

  asio::io_context io_{1};
  tcp::socket client_{io_};
  tcp::socket gateway_{io_};
  std::array<char, std::size_t{64} * 1024> piece_{};
};

}  // namespace

std::unique_ptr<Wire> loopback_wire() { return std::make_unique<LoopbackWire>(); }

}  // namespace v6
