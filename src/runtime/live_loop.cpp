#include "runtime/live_loop.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/error.hpp"
#include "ibkr/frames.hpp"
#include "ibkr/wire_time.hpp"
#include "runtime/control.hpp"

namespace v6 {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Local = asio::local::stream_protocol;
using boost::system::error_code;

constexpr std::chrono::milliseconds kHaltFileEvery{10};
constexpr std::chrono::milliseconds kLongestSleep{500};
constexpr std::size_t kLongestLine = std::size_t{64} * 1024;

/// "20190507 09:20:00 US/Eastern". Other zones are not guessed at.
std::optional<Instant> new_york_time(std::string_view text) {
  constexpr std::array kOurs{" US/Eastern", " America/New_York", " EST", " EDT"};
  const bool ours =
      std::ranges::any_of(kOurs, [&](const char* zone) { return text.ends_with(zone); });
  return ours ? ibkr::parse_wire_time(text) : std::nullopt;
}

/// Looks for the halt file while the loop may be busy.
class HaltWatch {
 public:
  HaltWatch(std::filesystem::path file, KillSwitch& kill)
      : thread_{[file = std::move(file), &kill](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            struct stat facts{};
            // What cannot be looked at counts as there: doubt stops (I-39).
            if (::stat(file.c_str(), &facts) == 0 || errno != ENOENT) { kill.pull(); }
            std::this_thread::sleep_for(kHaltFileEvery);
          }
        }} {}

 private:
  std::jthread thread_;
};

}  // namespace

class LiveLoop::Impl {
 public:
  Impl(LiveBot& bot, const LiveClock& clock, KillSwitch& kill, Options options)
      : bot_{bot}, clock_{clock}, kill_{kill}, options_{std::move(options)}, acceptor_{io_} {
    std::filesystem::remove(options_.control_socket);
    const auto mask = ::umask(0077);
    acceptor_.open();
    acceptor_.bind(Local::endpoint{options_.control_socket.string()});
    ::umask(mask);
    ::chmod(options_.control_socket.c_str(), 0600);
    acceptor_.listen();
  }
  ~Impl() {
    std::error_code ignored;
    std::filesystem::remove(options_.control_socket, ignored);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  LoopEnd run() {
    const HaltWatch watch{options_.halt_file, kill_};
    ending_.async_wait([this](error_code error, int) {
      if (!error) { end(LoopEnd::kAsked); }
    });
    wait_for_kill();
    accept_next();
    turn();
    io_.run();
    error_code ignored;
    static_cast<void>(socket_.close(ignored));
    return end_;
  }

 private:
  struct Visitor {
    explicit Visitor(Local::socket own) : socket{std::move(own)} {}
    Local::socket socket;
    std::string line;
    std::string reply;
  };

  void end(LoopEnd why) {
    end_ = why;
    io_.stop();
  }

  void wait_for_kill() {
    kill_signal_.async_wait([this](error_code error, int) {
      if (error) { return; }
      kill_.pull();
      turn();
      wait_for_kill();
    });
  }

  /// Whatever happened has been told: let the bot act, move what it wrote, sleep until it is due.
  void turn() {
    const Instant now = clock_.now();
    bot_.on_time(now);
    bot_.pump(now);
    follow_link(now);
    flush();
    bot_.rest();
    ready_ = ready_ || bot_.client().state() == LinkState::kReady;
    if (!ready_) {
      if (const auto refusal = bot_.client().refusal();
          refusal && refusal->kind != ibkr::Refusal::Kind::kClientIdTaken) {
        return end(LoopEnd::kRefused);
      }
      if (real_age() > options_.connect_timeout) { return end(LoopEnd::kNeverReady); }
    }
    const Duration sleep = std::min<Duration>(clock_.until(bot_.next_deadline()), kLongestSleep);
    timer_.expires_after(sleep);
    timer_.async_wait([this](error_code error) {
      if (!error) { turn(); }
    });
  }

  [[nodiscard]] Duration real_age() const { return std::chrono::steady_clock::now() - began_; }

  void follow_link(Instant now) {
    if (dialling_ || socket_.is_open() || !bot_.client().wants_connection()) { return; }
    dialling_ = true;
    bot_.dialling(now);
    resolver_.async_resolve(
        options_.gateway.host, std::to_string(options_.gateway.port),
        [this](error_code error, const tcp::resolver::results_type& found) {
          if (error) { return lost(error.message()); }
          asio::async_connect(socket_, found, [this](error_code failed, const tcp::endpoint&) {
            if (failed) { return lost(failed.message()); }
            dialling_ = false;
            error_code ignored;
            static_cast<void>(socket_.set_option(tcp::no_delay{true}, ignored));
            bot_.connected(clock_.now());
            read_next();
            turn();
          });
        });
  }

  void lost(const std::string& why) {
    dialling_ = false;
    ++link_;
    error_code ignored;
    static_cast<void>(socket_.close(ignored));
    writing_ = false;
    bot_.disconnected(clock_.now(), why);
    turn();
  }

  void read_next() {
    socket_.async_read_some(asio::buffer(piece_),
                            [this, link = link_](error_code error, std::size_t count) {
                              if (link != link_) { return; }
                              if (error) { return lost(error.message()); }
                              bot_.received(clock_.now(), {piece_.data(), count});
                              read_next();
                              turn();
                            });
  }

  void flush() {
    if (!socket_.is_open() || dialling_ || writing_) { return; }
    const bool last = bot_.client().wants_close();
    outgoing_ = bot_.take_output();
    if (outgoing_.empty()) {
      if (last) {
        asio::post(io_, [this] { lost("closed by us"); });
      }
      return;
    }
    writing_ = true;
    asio::async_write(socket_, asio::buffer(outgoing_),
                      [this, link = link_](error_code error, std::size_t) {
                        if (link != link_) { return; }
                        writing_ = false;
                        if (error) { return lost(error.message()); }
                        flush();
                      });
  }

  void accept_next() {
    acceptor_.async_accept([this](error_code error, Local::socket socket) {
      if (error) { return; }
      const auto visitor = std::make_shared<Visitor>(std::move(socket));
      asio::async_read_until(visitor->socket, asio::dynamic_buffer(visitor->line, kLongestLine),
                             '\n', [this, visitor](error_code failed, std::size_t count) {
                               if (failed) { return; }
                               visitor->line.resize(count);
                               visitor->reply = answer(bot_, clock_.now(), visitor->line);
                               asio::async_write(visitor->socket, asio::buffer(visitor->reply),
                                                 [visitor](error_code, std::size_t) {});
                               turn();
                             });
      accept_next();
    });
  }

  LiveBot& bot_;
  const LiveClock& clock_;
  KillSwitch& kill_;
  Options options_;
  asio::io_context io_{1};
  tcp::resolver resolver_{io_};
  tcp::socket socket_{io_};
  Local::acceptor acceptor_;
  asio::steady_timer timer_{io_};
  // As long as this object lives: a second SIGTERM must not cut the farewell short.
  asio::signal_set ending_{io_, SIGTERM, SIGINT};
  asio::signal_set kill_signal_{io_, SIGUSR1};
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::array<char, std::size_t{64} * 1024> piece_{};
  std::string outgoing_;
  std::uint64_t link_ = 0;  // which connection a late completion belongs to
  bool dialling_ = false;
  bool writing_ = false;
  bool ready_ = false;
  LoopEnd end_ = LoopEnd::kAsked;
};

LiveLoop::LiveLoop(LiveBot& bot, const LiveClock& clock, KillSwitch& kill, Options options)
    : impl_{std::make_unique<Impl>(bot, clock, kill, std::move(options))} {}
LiveLoop::~LiveLoop() = default;
LoopEnd LiveLoop::run() { return impl_->run(); }

Instant time_at(const GatewayAddress& gateway) {
  const auto fail = [&](const std::string& why) {
    throw Failure(ExitCode::kBroker,
                  fmt::format("{}:{}: {}; is a gateway running there, with its API enabled?",
                              gateway.host, gateway.port, why));
  };
  try {
    asio::io_context io;
    tcp::resolver resolver{io};
    tcp::socket socket{io};
    asio::connect(socket, resolver.resolve(gateway.host, std::to_string(gateway.port)));
    asio::write(socket, asio::buffer(ibkr::opening_of(
                            {.least = ibkr::kOldestOffered, .most = ibkr::kNewestVersion})));
    ibkr::FrameReader frames;
    std::array<char, 1024> piece{};
    while (true) {
      const std::size_t count = socket.read_some(asio::buffer(piece));
      frames.push({piece.data(), count});
      const auto payload = frames.next();
      if (!payload) { fail(payload.error().why); }
      if (!*payload) { continue; }
      const auto hello = ibkr::parse_hello(**payload);
      if (!hello) { fail("what answers is no gateway"); }
      if (const auto time = new_york_time(hello->time)) { return *time; }
      fail(fmt::format("its time \"{}\" is not in New York's zone", hello->time));
    }
  } catch (const boost::system::system_error& error) { fail(error.code().message()); }
  return {};
}

}  // namespace v6
