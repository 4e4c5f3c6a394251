#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/gateway.hpp"
#include "sim/incident_links.hpp"
#include "sim/incidents.hpp"

namespace v6 {

/// A gateway at which things go wrong as a scenario says. To whoever moves bytes it is a gateway;
/// without incidents it is the gateway itself.
class IncidentPlayer {
 public:
  using Link = Gateway::Link;
  /// Told each incident as it happens.
  using Tell = std::function<void(Instant, const std::string&)>;

  /// Gateway and exchange outlive it; incidents have no faults; `first` is their first day.
  IncidentPlayer(std::vector<Incident> incidents, Gateway& gateway, Exchange& exchange, Date first,
                 Tell tell);
  IncidentPlayer(const IncidentPlayer&) = delete;
  IncidentPlayer& operator=(const IncidentPlayer&) = delete;
  ~IncidentPlayer();

  // As Gateway.
  [[nodiscard]] Link accept(const Moment& now);
  void received(Link link, std::string_view bytes, const Moment& now);
  void closed(Link link);
  void advance(const Moment& now);
  [[nodiscard]] std::optional<Duration> next_wakeup() const;
  [[nodiscard]] std::string take_output(Link link);
  [[nodiscard]] bool wants_close(Link link) const;
  [[nodiscard]] bool take_changed() { return gateway_->take_changed(); }

  /// When the next incident, or bytes held back, are due, in paced time; absent: never.
  [[nodiscard]] std::optional<Duration> next_due() const;

 private:
  using LinkBytes = incident::LinkBytes;
  using Passing = incident::Passing;
  using Edit = std::function<bool(LinkBytes&, Passing&)>;
  using Stop = std::function<bool(LinkBytes&, const std::string& payload)>;

  struct Planned {
    Incident incident;
    std::optional<Instant> at;
    std::optional<IncidentEvent> on;
    int seen = 0;
    bool played = false;
  };
  /// Something done to messages for a while, or a number of times.
  template <class Work>
  struct Rule {
    Work work;
    Duration until = Duration::max();
    int left = -1;  // -1: any number of times

    [[nodiscard]] bool over(Duration now) const { return now >= until || left == 0; }
  };
  struct Later {
    Duration due;
    std::function<void()> work;
  };

  void play(const Incident& incident, std::optional<Link> link);
  void play_link(Deed deed, const Incident& incident, std::optional<Link> link);
  void play_session(Deed deed, const Incident& incident);
  void play_messages(Deed deed, const Incident& incident);
  void play_orders(Deed deed, const Incident& incident);
  void play_fills(Deed deed, const Incident& incident);
  void play_market(Deed deed, const Incident& incident);

  void happened(IncidentEvent::Kind kind, int message, Link link);
  void in_message(Link link, LinkBytes& bytes, const std::string& payload);
  void pull(Link link, LinkBytes& bytes, int answers);
  void out_message(Link link, LinkBytes& bytes, Passing passing);
  void release(LinkBytes& bytes, Duration late, std::string frame);

  void on_replies(Edit work, const Incident& incident, int times = -1);
  void on_requests(Stop work, const Incident& incident, int times = -1);
  void later(Duration in, std::function<void()> work);
  void after(const Incident& incident, std::function<void()> work);
  static void drop(LinkBytes& bytes, bool lose);
  void each_ready(const std::function<void(LinkBytes&)>& work);
  template <class M>
  void inject(LinkBytes& bytes, const M& message);
  void say(int code, const std::string& text);
  void stop_ticks(const Incident& incident);
  void lose_server(const Incident& incident);
  void server_back(bool bare, const std::string& text);
  [[nodiscard]] std::optional<BookedOrder> last_order(bool working) const;
  [[nodiscard]] std::optional<HeldPosition> held(bool short_one) const;
  void tell(const std::string& line) const { tell_(now_.session, line); }

  std::vector<Planned> planned_;
  Gateway* gateway_;
  Exchange* exchange_;
  Tell tell_;
  Moment now_{};
  std::map<Link, LinkBytes> links_;
  std::list<Rule<Edit>> replies_;
  std::list<Rule<Stop>> requests_;
  std::vector<Later> later_;
  Duration refuse_until_{};
  Duration mute_until_{};
  Duration delay_until_{};
  Duration delay_{};
  Duration gather_until_{};
  Duration gather_{};
  Duration split_until_{};
  std::size_t split_ = 0;
  Duration server_lost_until_{};
  int serving_ = 0;  // the request in hand
};

}  // namespace v6
