#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ibkr/catalogue.hpp"
#include "ibkr/frames.hpp"
#include "model/command.hpp"
#include "model/event.hpp"
#include "runtime/rehearsal.hpp"

/// What a checker sees of a run: the bytes the bot wrote, and its journals. Neither through the
/// code that it checks.
namespace v6::incidents {

/// An order message as it left, and what the journal on disk held at that moment.
struct OrderWritten {
  Instant at;
  int session = 0;
  ibkr::PlaceOrder message;
  bool is_new = false;  // else a change
  bool durable = false;
};

struct Written {
  std::vector<OrderWritten> orders;
  int previews = 0;  // what-if orders
  std::vector<std::pair<Instant, std::int32_t>> cancels;
  /// Requests by session: what each message asked, in order.
  struct Request {
    Instant at;
    int session = 0;
    int message = 0;
    std::int32_t id = -1;
  };
  std::vector<Request> requests;
  std::vector<std::int32_t> client_ids;  // of every startApi
  int sessions = 0;                      // begun, with an opening
};

/// Memory that remembers what the bot wrote.
class TapWire final : public Wire {
 public:
  /// Looks at the journal on disk: whether it holds what an order message says.
  using Durable = std::function<bool(const OrderWritten&)>;

  TapWire(Written& written, std::function<Instant()> now, Durable durable)
      : written_{&written}, now_{std::move(now)}, durable_{std::move(durable)} {}

  void open() override;
  void close() override {}
  void to_gateway(std::string_view bytes, const Sink& sink) override;
  void to_client(std::string_view bytes, const Sink& sink) override { sink(bytes); }

 private:
  void read(std::string_view payload);

  Written* written_;
  std::function<Instant()> now_;
  Durable durable_;
  ibkr::FrameReader frames_;
  bool opened_ = false;
  bool offered_ = false;
  std::vector<std::int32_t> placed_;  // order ids, over all sessions
};

struct Story {
  std::vector<Event> events;
  std::vector<std::pair<Instant, JournalledCommand>> commands;
};

/// All journals of a state folder, oldest first. Throws Failure for a damaged one.
[[nodiscard]] Story read_story(const std::filesystem::path& state);

}  // namespace v6::incidents
