#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/enum_text.hpp"
#include "config/market_history.hpp"
#include "ibkr/catalogue.hpp"
#include "runtime/journal.hpp"
#include "runtime/stage.hpp"
#include "sim/gateway.hpp"
#include "sim/snapshot_market.hpp"

/// PERF-12, from the bytes of a tick to the bytes of an order inside the process, beside a raw echo
/// over loopback; and how many messages the simulated gateway moves for 30 clients.
namespace v6::bench {
namespace {

using namespace literals;
using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

struct Figure {
  double value = 0;
  std::string unit;
  double limit = 0;  // 0: none
};
using Figures = std::map<std::string, Figure>;

/// The given part of them is not larger.
double quantile(std::vector<double> times, double part) {
  if (times.empty()) { return 0; }
  std::ranges::sort(times);
  return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
}

void add(Figures& figures, const std::string& what, const std::vector<double>& times, double p50,
         double p99) {
  figures[what + ", p50 of " + std::to_string(times.size())] = {quantile(times, 0.5), "us", p50};
  figures[what + ", p99"] = {quantile(times, 0.99), "us", p99};
}

bool has_order(std::string_view bytes) {
  ibkr::FrameReader frames;
  frames.push(bytes);
  while (const auto payload = frames.next()) {
    if (!*payload) { return false; }
    if ((*payload)->starts_with(std::string_view{"3\0", 2})) { return true; }
  }
  return false;
}

/// Nothing between the ends but a watch: how long the bot takes over each piece, and whether that
/// made it write an order.
class TimedWire final : public Wire {
 public:
  void open() override {}
  void close() override {}
  void to_client(std::string_view bytes, const Sink& sink) override {
    const auto began = Clock::now();
    sink(bytes);
    last_ = Microseconds(Clock::now() - began).count();
    pieces.push_back(last_);
    fresh_ = true;
  }
  void to_gateway(std::string_view bytes, const Sink& sink) override {
    if (fresh_ && has_order(bytes)) { orders.push_back(last_); }
    fresh_ = false;
    sink(bytes);
  }

  std::vector<double> pieces;
  std::vector<double> orders;

 private:
  double last_ = 0;
  bool fresh_ = false;
};

/// Storage is measured by itself (PERF-11): here it is memory.
class MemoryFolder {
 public:
  MemoryFolder() {
    if (::mkdtemp(path_.data()) == nullptr) { std::exit(2); }
  }
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;
  ~MemoryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::filesystem::path path() const { return path_; }

 private:
  std::string path_ = "/dev/shm/v6-bench-XXXXXX";
};

void tick_to_order(const std::filesystem::path& data, int sessions, Figures& figures) {
  constexpr std::uint64_t kSeeds = 5;
  const Reference reference = read_reference(data / "reference");
  std::vector<double> pieces;
  std::vector<double> orders;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const MemoryFolder folder;
    auto wire = std::make_unique<TimedWire>();
    const TimedWire& times = *wire;
    Stage stage{StageSettings{.chains = data / "spx-eod-2019",
                              .underlying = "SPX"_sym,
                              .root = "SPXW"_sym,
                              .from = date(2019, 4, 25),
                              .seed = seed},
                reference, folder.path() / "state", std::move(wire)};
    while (!stage.over(sessions)) { static_cast<void>(stage.step()); }
    pieces.insert(pieces.end(), times.pieces.begin(), times.pieces.end());
    orders.insert(orders.end(), times.orders.begin(), times.orders.end());
  }
  add(figures, "PERF-12 bytes in to bot at rest, journal in memory", pieces, 0, 0);
  add(figures, "PERF-12 bytes in to order out, journal in memory", orders, 0, 0);
}

/// What of it SQLite takes for two durable records where nothing is slow.
void journal_commit(Figures& figures) {
  const MemoryFolder folder;
  Journal journal = Journal::create(folder.path() / "journal.db", {});
  const std::vector<std::byte> record(300, std::byte{7});
  std::vector<double> times;
  for (int i = 0; i < 2'000; ++i) {
    const auto began = Clock::now();
    journal.append(RecordKind::kEvent, Instant{}, "Event", record);
    journal.append(RecordKind::kCommand, Instant{}, "Command", record);
    journal.commit();
    times.push_back(Microseconds(Clock::now() - began).count());
  }
  add(figures, "a commit of two journal records, in memory", times, 0, 0);
}

void echo(Figures& figures) {
  namespace asio = boost::asio;
  using asio::ip::tcp;
  asio::io_context io;
  tcp::acceptor acceptor{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  tcp::socket near{io};
  near.connect(acceptor.local_endpoint());
  tcp::socket far = acceptor.accept();
  near.set_option(tcp::no_delay{true});
  far.set_option(tcp::no_delay{true});
  constexpr int kRounds = 20'000;
  std::jthread peer{[&] {
    std::array<char, 64> bytes{};
    for (int i = 0; i < kRounds; ++i) {
      asio::read(far, asio::buffer(bytes));
      asio::write(far, asio::buffer(bytes));
    }
  }};
  std::array<char, 64> bytes{};
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) {
    const auto began = Clock::now();
    asio::write(near, asio::buffer(bytes));
    asio::read(near, asio::buffer(bytes));
    times.push_back(Microseconds(Clock::now() - began).count());
  }
  add(figures, "raw loopback echo", times, 0, 0);
}

std::size_t frames_in(std::string_view bytes) {
  std::size_t count = 0;
  ibkr::FrameReader frames;
  frames.push(bytes);
  while (const auto payload = frames.next()) {
    if (!*payload) { break; }
    ++count;
  }
  return count;
}

/// 30 clients with three lines each: a second of market, and what each of them asks meanwhile.
void gateway_load(const std::filesystem::path& data, int seconds, Figures& figures) {
  const Reference reference = read_reference(data / "reference");
  const auto start = new_york_instant(date(2019, 5, 7), std::chrono::hours{10});
  const auto market = make_snapshot_market(
      {.chains = data / "spx-eod-2019", .underlying = "SPX"_sym, .start = start},
      market_history(reference, "SPX"_sym));
  Exchange exchange{{.book = 1}, *market};
  Moment now{.session = start};
  exchange.advance(now);
  Gateway gateway{{.messages_per_second = 1'000'000}, exchange, [](const std::string&) {}};
  const auto& listed = market->listed();
  std::vector<Gateway::Link> links;
  for (std::int32_t id = 1; id <= 30; ++id) {
    const Gateway::Link link = gateway.accept(now);
    links.push_back(link);
    std::string bytes = ibkr::opening_of({.least = 157, .most = 178});
    ibkr::append_message(bytes, ibkr::StartApi{.client_id = id}, 178);
    for (std::int32_t line = 0; line < 3; ++line) {
      ibkr::ReqMktData request{.req_id = 100 + line};
      const auto place = listed.size() / 2 + static_cast<std::size_t>(3 * id + line);
      request.contract.con_id = listed[place]->con_id;
      request.contract.exchange = "SMART";
      ibkr::append_message(bytes, request, 178);
    }
    gateway.received(link, bytes, now);
    static_cast<void>(gateway.take_output(link));
  }
  std::string asked;
  for (int i = 0; i < 20; ++i) {
    ibkr::append_message(asked, ibkr::ReqCurrentTime{}, 178);
    ibkr::append_message(asked, ibkr::ReqOpenOrders{}, 178);
  }
  std::size_t in = 0;
  std::size_t out = 0;
  std::size_t bytes_out = 0;
  const auto began = Clock::now();
  for (int second = 0; second < seconds; ++second) {
    now.session += std::chrono::seconds{1};
    now.paced += std::chrono::seconds{1};
    gateway.advance(now);
    for (const Gateway::Link link : links) {
      gateway.received(link, asked, now);
      in += 40;
      const std::string answer = gateway.take_output(link);
      out += frames_in(answer);
      bytes_out += answer.size();
    }
  }
  const double took = std::chrono::duration<double>(Clock::now() - began).count();
  figures["gateway, 30 clients: messages in and out"] = {static_cast<double>(in + out) / took / 1e3,
                                                         "k/s", 0};
  figures["gateway, 30 clients: bytes out"] = {static_cast<double>(bytes_out) / took / 1e6, "MB/s",
                                               0};
  figures["gateway, 30 clients: a second of session"] = {1e3 * took / seconds, "ms", 0};
}

}  // namespace
}  // namespace v6::bench

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: bench_wire_load DATA OUT.json [SESSIONS]\n");
    return 2;
  }
  const int sessions = argc > 3 ? std::atoi(argv[3]) : 2;
  v6::bench::Figures figures;
  v6::bench::echo(figures);
  v6::bench::gateway_load(argv[1], 60 * sessions, figures);
  v6::bench::journal_commit(figures);
  v6::bench::tick_to_order(argv[1], sessions, figures);
  std::string json;
  for (const auto& [name, figure] : figures) {
    json += fmt::format("{}\"{}\": {{\"value\": {:.3f}, \"unit\": \"{}\", \"limit\": {}}}",
                        json.empty() ? "" : ",\n ", name, figure.value, figure.unit, figure.limit);
    fmt::print("   {:55} {:12.2f} {}\n", name, figure.value, figure.unit);
  }
  std::ofstream{argv[2]} << "{" << json << "}\n";
  return 0;
}
