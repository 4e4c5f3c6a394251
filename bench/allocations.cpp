#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "bench/client_ticks.hpp"
#include "bench/refresh_path.hpp"
#include "bench/spy_chain.hpp"
#include "bench/ticks.hpp"

/// PERF-14: after a first pass the tick path allocates nothing. Counts every `operator new` of the
/// program; `--plant` allocates once on the path, to show that the count would tell.
namespace {

std::size_t allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, size) != 0) { throw std::bad_alloc{}; }
  return memory;
}

}  // namespace

// The array forms of the standard library call these; so do its nothrow forms, but not a
// sanitizer's.
void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
// NOLINTBEGIN(cppcoreguidelines-no-malloc): there is nothing below these.
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
// NOLINTEND(cppcoreguidelines-no-malloc)

namespace v6::bench {
namespace {

/// One contract's quote by itself.
double single_tick(const Expiry& expiry, std::size_t option) {
  const BlackInputs inputs = inputs_of(expiry, option);
  const auto volatility = implied_volatility(inputs.right, expiry.prices[option], inputs.forward,
                                             inputs.strike, inputs.years, inputs.discount);
  return volatility.value_or(0.0) + black_greeks(inputs, expiry.slice.spot).delta;
}

int run(bool plant) {
  constexpr int kRefreshes = 20;
  const std::vector<Expiry> chain = spy_refresh_chain(1);
  Dice dice{1};
  const std::string messages = tick_messages(quotes_around(chain, dice), dice);
  Refresh refresh{chain};
  double total = refresh.run(messages);
  total += single_tick(chain.front(), 0);

  const std::size_t before = allocations;
  std::size_t ticks = 0;
  for (int i = 0; i < kRefreshes; ++i) {
    total += refresh.run(messages);
    ticks += refresh.understood();
    for (std::size_t option = 0; option < chain.front().strikes.size(); ++option, ++ticks) {
      total += single_tick(chain.front(), option);
    }
    if (plant) { total += std::vector<double>(8, 1.0).back(); }
  }
  std::size_t made = allocations - before;

  // The same for a live session: bytes to the client, decoded, dispatched, its lines brought up to
  // date.
  ClientTicks session{V6_DATA};
  if (session.tell() == 0) {
    fmt::print("PERF-14: the session does not stream\n");
    return 2;
  }
  for (int i = 0; i < 20; ++i) { static_cast<void>(session.tell()); }
  const std::size_t before_live = allocations;
  for (int i = 0; i < 2'000; ++i) { ticks += session.tell(); }
  const std::size_t made_live = allocations - before_live;
  fmt::print("PERF-14: {} of them between the bytes of a session and the client's lines\n",
             made_live);
  made += made_live;
  fmt::print("PERF-14: {} allocations in {} ticks (sum {:.6g})\n", made, ticks, total);
  return made == 0 ? 0 : 1;
}

}  // namespace
}  // namespace v6::bench

int main(int argc, char** argv) {
  return v6::bench::run(argc == 2 && std::string_view{argv[1]} == "--plant");
}
