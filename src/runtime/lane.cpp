#include "runtime/lane.hpp"

#include "risk/permit_desk.hpp"

namespace v6 {
namespace {

/// An opening order older than this when it is to be written is stale.
constexpr std::chrono::seconds kMostAge{5};

}  // namespace

Lane::Lane(const std::shared_ptr<const Given>& given, std::uint64_t seed, Recorder* recorder,
           Quotes quotes)
    : state_{make_state(given)},
      broker_{given->setup.fill_model, seed, given->setup.settings.fees,
              [this](Instant at, EventBody body) { post(at, std::move(body)); }},
      recorder_{recorder},
      quotes_{quotes} {}

void Lane::post(Instant at, EventBody body, TimerTurn turn) {
  queue_.emplace(Place{.at = at, .turn = turn, .posted = posted_++}, std::move(body));
}

void Lane::feed(Instant at, EventBody body) {
  post(at, std::move(body));
  run_until(Instant::max());
}

void Lane::feed_in_time(Instant at, EventBody body) {
  run_until(at - Duration{1});
  post(at, std::move(body));
  run_until(at);
}

void Lane::run_until(Instant until) {
  while (!queue_.empty() && queue_.begin()->first.at <= until) {
    auto next = queue_.extract(queue_.begin());
    const Event event{
        .sequence = ++sequence_, .at = next.key().at, .body = std::move(next.mapped())};
    if (recorder_ != nullptr) { recorder_->event(event); }
    for (Command& command : step(state_, event)) {
      if (recorder_ != nullptr) { recorder_->command(event.at, command); }
      record_.keep(event.at, command);
      ++commands_;
      obey(event.at, std::move(command));
    }
  }
}

void Lane::checkpoint(Instant at) {
  if (recorder_ != nullptr) { recorder_->checkpoint(at, state_); }
}

void Lane::obey(Instant at, Command command) {
  if (auto* submit = std::get_if<SubmitOrder>(&command)) {
    const OrderId id = submit->order.ticket().order;
    auto permit = PermitDesk::permit(std::move(submit->order), {.now = at,
                                                                .mode = state_.settings().mode,
                                                                .latched = state_.latches.any(),
                                                                .most_age = kMostAge});
    if (!permit) {
      post(at, SendRefused{.order = id, .reason = permit.error()});
    } else if (!broker_.submit(std::move(*permit))) {
      post(at, SendRefused{.order = id, .reason = "the broker is not connected"});
    }
  } else if (const auto* modify = std::get_if<ModifyOrder>(&command)) {
    if (!broker_.modify(*modify)) { post(at, OrderOutcomeUnknown{.order = modify->order}); }
  } else if (const auto* cancel = std::get_if<CancelOrder>(&command)) {
    if (!broker_.cancel(cancel->order)) { post(at, OrderOutcomeUnknown{.order = cancel->order}); }
  } else if (const auto* request = std::get_if<RequestQuotes>(&command)) {
    if (quotes_ == Quotes::kOfTheMarket) { broker_.request(*request); }
  } else if (const auto* timer = std::get_if<SetTimer>(&command)) {
    post(timer->at, TimerFired{.timer = timer->timer}, timer->turn);
  }
}

}  // namespace v6
