#include <concepts>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "bench/kit.hpp"
#include "bench/wire_stream.hpp"
#include "ibkr/frames.hpp"

/// PERF-7: the stream of ticks of a session, cut into messages and read by the product's codec,
/// against a plain reader that splits each message into strings and calls atof.
namespace v6::bench {
namespace {

using namespace ibkr;

constexpr std::size_t kTicks = 24'000;
/// What one read of a busy socket gives.
constexpr std::size_t kPiece = 64 * 1024;

/// Takes something of every field, so that none is left unread.
struct Sum {
  double total = 0;

  void operator()(const TickPrice& m) {
    total +=
        m.req_id + m.tick_type + m.price.value_or(0) + m.size.value_or(Size{}).value + m.attr_mask;
  }
  void operator()(const TickSize& m) {
    total += m.req_id + m.tick_type + m.size.value_or(Size{}).value;
  }
  void operator()(const TickOptionComputation& m) {
    total += m.req_id + m.tick_type + m.tick_attrib + m.implied_vol.value_or(0) +
             m.delta.value_or(0) + m.opt_price.value_or(0) + m.pv_dividend.value_or(0) +
             m.gamma.value_or(0) + m.vega.value_or(0) + m.theta.value_or(0) +
             m.und_price.value_or(0);
  }
  void operator()(const TickString& m) {
    total += m.req_id + m.tick_type + static_cast<double>(m.value.size());
  }
  template <class M>
  void operator()(const M& /*other*/) {
    total += 1e300;  // there is none
  }
};

template <class Handle>
void decode(FrameReader& frames, std::string_view bytes, Handle&& handle) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kPiece, bytes.size()))) {
    frames.push(bytes.substr(0, kPiece));
    while (true) {
      const auto payload = frames.next();
      if (!payload || !*payload) { break; }
      if (!read_reply(**payload, kNewestVersion, handle)) { std::abort(); }
    }
  }
}

// The yardstick, as client libraries do it.

std::vector<std::string> split(std::string_view payload) {
  std::vector<std::string> fields;
  while (!payload.empty()) {
    const std::size_t end = payload.find('\0');
    fields.emplace_back(payload.substr(0, end));
    payload.remove_prefix(end + 1);
  }
  return fields;
}

double sum_of(const std::vector<std::string>& fields) {
  const auto whole = [&](std::size_t place) { return std::atoi(fields[place].c_str()); };
  const auto real = [&](std::size_t place) { return std::atof(fields[place].c_str()); };
  switch (whole(0)) {
    case 1: return whole(2) + whole(3) + real(4) + real(5) + whole(6);
    case 2: return whole(2) + whole(3) + real(4);
    case 21: {
      double sum = whole(1) + whole(2) + whole(3);
      for (std::size_t place = 4; place < 12; ++place) { sum += real(place); }
      return sum;
    }
    default: return whole(2) + whole(3) + static_cast<double>(fields[4].size());
  }
}

double split_and_atof(std::string_view bytes) {
  double total = 0;
  while (bytes.size() >= 4) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length = length << 8U | static_cast<std::uint8_t>(bytes[i]);
    }
    total += sum_of(split(bytes.substr(4, length)));
    bytes.remove_prefix(4 + length);
  }
  return total;
}

/// Compares with what was written, value by value.
struct Compare {
  const std::vector<SentTick>& sent;
  std::size_t at = 0;
  std::size_t wrong = 0;

  template <class M>
  void operator()(const M& message) {
    if constexpr (std::same_as<M, TickPrice> || std::same_as<M, TickSize> ||
                  std::same_as<M, TickOptionComputation> || std::same_as<M, TickString>) {
      const M* const expected = at < sent.size() ? std::get_if<M>(&sent[at].tick) : nullptr;
      if (expected == nullptr || !(*expected == message)) { ++wrong; }
    } else {
      ++wrong;
    }
    ++at;
  }
};

struct Inputs {
  explicit Inputs(std::uint64_t seed) {
    Dice dice{seed};
    sent = mixed_ticks(kTicks, dice);
    bytes = written(sent);
  }
  std::vector<SentTick> sent;
  std::string bytes;
  FrameReader frames;
};

void prepare(std::uint64_t seed, Accuracy& accuracy) {
  const auto in = std::make_shared<Inputs>(seed);
  Compare compare{.sent = in->sent};
  decode(in->frames, in->bytes, compare);
  accuracy.at_most("PERF-7", "messages not as they were written", 0,
                   static_cast<double>(compare.wrong + (compare.at == kTicks ? 0U : 1U)));
  Sum sum;
  decode(in->frames, in->bytes, sum);
  const double theirs = split_and_atof(in->bytes);
  accuracy.at_most("PERF-7", "sum off the yardstick's, relative", 1e-12,
                   std::abs(sum.total - theirs) / std::abs(theirs));

  measure("PERF-7", kTicks, [in] {
    Sum total;
    decode(in->frames, in->bytes, total);
    return total.total;
  });
  measure("yardstick/split", kTicks, [in] { return split_and_atof(in->bytes); });
}

}  // namespace
}  // namespace v6::bench

int main(int argc, char** argv) { return v6::bench::run(argc, argv, v6::bench::prepare); }
