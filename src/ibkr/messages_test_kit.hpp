#pragma once

#include <rapidcheck.h>

#include <any>
#include <deque>
#include <optional>
#include <string>
#include <type_traits>

#include "ibkr/catalogue.hpp"

/// A third walk over a message's layout: fills every field with something random that can travel.
namespace v6::ibkr {

class RandomFields {
 public:
  static constexpr bool kReads = true;
  explicit RandomFields(int server_version) : server_version_{server_version} {}

  [[nodiscard]] int server_version() const { return server_version_; }
  void version(int) {}
  void rest() {}

  void operator()(std::string_view name, std::int32_t& value) {
    value = name == "type" ? *rc::gen::element(1, 3, 4, 5, 6, 7)
                           : *rc::gen::inRange(-2'000'000'000, 2'000'000'000);
  }
  void operator()(std::string_view, std::int64_t& value) {
    value = *rc::gen::inRange<std::int64_t>(-(1LL << 53), 1LL << 53);
  }
  void operator()(std::string_view, bool& value) { value = *rc::gen::arbitrary<bool>(); }
  void operator()(std::string_view, double& value) { value = number(); }
  void operator()(std::string_view, Size& value) { value.value = number(); }
  void operator()(std::string_view name, std::string& value) { value = text(name); }
  void operator()(std::string_view name, std::string_view& value) {
    value = kept_.emplace_back(text(name));
  }
  template <class T>
  void operator()(std::string_view name, std::optional<T>& value) {
    value.reset();
    if (*rc::gen::arbitrary<bool>()) { (*this)(name, value.emplace()); }
  }
  void marked(std::string_view name, std::optional<double>& value, double absent) {
    (*this)(name, value);
    if (value == absent) { value.reset(); }
  }
  void maximum(std::string_view name, std::optional<double>& value) { (*this)(name, value); }
  void price_and_size(std::optional<double>& price, std::optional<Size>& size) {
    (*this)("price", price);
    size = Size{static_cast<double>(*rc::gen::inRange(price ? 1 : 0, 100))};
    if (!price) { size = Size{}; }
  }
  void unbounded(std::string_view name, std::optional<double>& value) { (*this)(name, value); }
  template <class List, class Layout>
  void list(std::string_view, List& items, Layout layout) {
    items.clear();
    const int count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count; ++i) { layout(*this, items.emplace_back()); }
  }

 private:
  static double number() {
    return *rc::gen::oneOf(
        rc::gen::map(rc::gen::inRange(-1'000'000, 1'000'000), [](int n) { return n / 1000.0; }),
        rc::gen::suchThat(rc::gen::arbitrary<double>(),
                          [](double x) { return std::isfinite(x) && std::fabs(x) < 1e299; }));
  }
  static std::string text(std::string_view name) {
    if (name == "secType") { return *rc::gen::element<std::string>("OPT", "STK", "BAG", ""); }
    if (name == "orderType") {
      return *rc::gen::element<std::string>("LMT", "MKT", "PEG BENCH", "PEG BEST", "PEG MID");
    }
    if (name == "exchange") { return *rc::gen::element<std::string>("SMART", "IBKRATS", "CBOE"); }
    return *rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7f'));
  }

  int server_version_;
  std::deque<std::string> kept_;
};

/// A copy whose text views, if it has any, live in `fields`.
template <class M>
M random_message(RandomFields& fields) {
  M message;
  M::layout(fields, message);
  return message;
}

/// Calls check with a value-initialised M for each message of the tuple.
template <class Messages, class Check>
void for_each_message(Check check) {
  [&]<class... M>(std::tuple<M...>*) { (check(M{}), ...); }(static_cast<Messages*>(nullptr));
}

/// The payload of one framed message.
inline std::string_view payload_of(std::string_view framed) { return framed.substr(4); }

/// Keeps the last message, whichever it is. One type for all tests: a handler of its own for each
/// message would compile every reader once more each time.
struct Heard {
  std::any message;

  template <class M>
  void operator()(const M& heard) {
    message = heard;
  }
  /// The message, if it is an M.
  template <class M>
  [[nodiscard]] std::optional<M> as() const {
    const auto* const heard = std::any_cast<M>(&message);
    return heard == nullptr ? std::nullopt : std::optional<M>{*heard};
  }
};

}  // namespace v6::ibkr
