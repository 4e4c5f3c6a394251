#include "sim/gateway.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ibkr/wire_time.hpp"
#include "sim/gateway_desk.hpp"

namespace v6 {

Gateway::Gateway(const GatewaySettings& settings, Exchange& exchange, Log log)
    : desk_{std::make_unique<gateway::Desk>(settings, exchange, std::move(log))} {}
Gateway::~Gateway() = default;

Gateway::Link Gateway::accept(const Moment& now) { return desk_->accept(now); }
void Gateway::received(Link link, std::string_view bytes, const Moment& now) {
  desk_->received(link, bytes, now);
}
void Gateway::closed(Link link) { desk_->closed(link); }
void Gateway::advance(const Moment& now) { desk_->advance(now); }
std::optional<Duration> Gateway::next_wakeup() const { return desk_->next_wakeup(); }

std::string Gateway::take_output(Link link) {
  gateway::Client* const client = desk_->find(link);
  return client ? std::exchange(client->out, {}) : std::string{};
}

bool Gateway::wants_close(Link link) const {
  const gateway::Client* const client = desk_->find(link);
  return !client || !client->alive();
}

std::vector<Gateway::Link> Gateway::links() const {
  std::vector<Link> links;
  for (const auto& [link, client] : desk_->clients()) { links.push_back(link); }
  return links;
}

bool Gateway::take_changed() { return desk_->take_changed(); }

namespace gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Requests that may wait for startApi.
constexpr std::size_t kMostEarly = 50;
/// Unwritten output at which a client that does not read is dropped.
constexpr std::size_t kMostOutput = 64 << 20;

/// Without anything else to do; greeks are sampled so, and it tells us when we were kept waiting.
constexpr Duration kPulse = milliseconds{100};
constexpr Duration kProfitEvery = seconds{1};
constexpr Duration kAccountEvery = minutes{3};

/// The place of a request's id among its fields, the message id being 0; 0: it has none.
int place_of_id(int message) {
  switch (message) {
    case 3:  // placeOrder
    case 20:
    case 22:
    case 78:
    case 79:
    case 81:
    case 83:
    case 84:
    case 86:
    case 87:
    case 88:
    case 89:
    case 90:
    case 92:
    case 93:
    case 94:
    case 95:
    case 96:
    case 97:
    case 98:
    case 100:
    case 101:
    case 102:
    case 103:
    case 104: return 1;
    case 1:
    case 2:
    case 4:
    case 7:
    case 9:
    case 10:
    case 11:
    case 21:
    case 23:
    case 25:
    case 50:
    case 51:
    case 52:
    case 53:
    case 54:
    case 55:
    case 56:
    case 57:
    case 62:
    case 63:
    case 67:
    case 68:
    case 69:
    case 70:
    case 74:
    case 75:
    case 76:
    case 77: return 2;
    default: return 0;
  }
}

std::int32_t number_at(std::string_view payload, int place) {
  for (; place > 0; --place) {
    const std::size_t end = payload.find('\0');
    if (end == std::string_view::npos) { return -1; }
    payload.remove_prefix(end + 1);
  }
  const std::string_view field = payload.substr(0, payload.find('\0'));
  std::int32_t number = -1;
  const char* const end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, number);
  return error == std::errc{} && stop == end && !field.empty() ? number : -1;
}

/// The id that an answer to this message carries, -1 where it has none.
std::int32_t id_of(std::string_view payload) {
  const int place = place_of_id(number_at(payload, 0));
  return place == 0 ? -1 : number_at(payload, place);
}

}  // namespace

std::string Client::name() const {
  return id >= 0 ? fmt::format("client {}", id) : fmt::format("link {}", link);
}

void Desk::log(const Client& client, std::string_view what) const {
  log_(fmt::format("{}: {}", client.name(), what));
}

void Desk::close(Client& client, std::string_view why) {
  if (!client.alive()) { return; }
  log(client, fmt::format("closed: {}", why));
  client.stage = Stage::kClosing;
}

void Desk::tell_error(Client& client, std::int32_t id, int code, std::string text) {
  // What clients sent us may stand in it, whatever bytes those were.
  std::ranges::replace_if(
      text, [](char letter) { return letter != '\n' && (letter < ' ' || letter > '~'); }, '?');
  tell(client, ibkr::Error{.id = id, .code = code, .text = std::move(text)});
}

Client* Desk::find(Gateway::Link link) {
  const auto found = clients_.find(link);
  return found == clients_.end() ? nullptr : &found->second;
}

Client* Desk::client_of(std::int32_t id) {
  for (auto& [link, client] : clients_) {
    if (client.stage == Stage::kReady && client.id == id) { return &client; }
  }
  return nullptr;
}

Gateway::Link Desk::accept(const Moment& now) {
  come_to(now);
  const auto alive =
      std::ranges::count_if(clients_, [](const auto& entry) { return entry.second.alive(); });
  const Gateway::Link link = ++last_link_;
  Client& client =
      clients_.emplace(link, Client{link, settings_.messages_per_second}).first->second;
  if (alive >= settings_.connections) {
    close(client, fmt::format("there are {} connections already", alive));
  }
  return link;
}

void Desk::received(Gateway::Link link, std::string_view bytes, const Moment& now) {
  Client* const client = find(link);
  if (!client || !client->alive()) { return; }
  come_to(now);
  client->frames.push(bytes);
  read_frames(*client);
}

void Desk::read_frames(Client& client) {
  while (client.alive()) {
    if (client.stage == Stage::kOpening) {
      const auto opening = client.frames.raw(ibkr::kOpening.size());
      if (!opening) { return; }
      if (*opening != ibkr::kOpening) { return close(client, "did not open with \"API\""); }
      client.stage = Stage::kOffer;
    }
    const auto payload = client.frames.next();
    if (!payload) { return close(client, payload.error().why); }
    if (!*payload) { return; }
    if (client.stage == Stage::kOffer) {
      open(client, **payload);
    } else if (!(*payload)->empty()) {
      handle(client, **payload);
    }
    if (client.out.size() > kMostOutput) { close(client, "does not read what it asked for"); }
  }
}

void Desk::open(Client& client, std::string_view offer) {
  const auto versions = ibkr::parse_offer(offer);
  if (!versions) {
    return close(client, fmt::format("offered \"{}\", no range of versions", offer.substr(0, 40)));
  }
  client.version = std::min(versions->most, ibkr::kNewestVersion);
  if (client.version < ibkr::kOldestVersion || versions->least > client.version) {
    return close(
        client, fmt::format("offered versions {} to {}; {} and {} are spoken here", versions->least,
                            versions->most, ibkr::kOldestVersion, ibkr::kNewestVersion));
  }
  ibkr::append_hello(client.out,
                     {.version = client.version, .time = ibkr::wire_time(now_.session)});
  client.stage = Stage::kStarting;
}

void Desk::handle(Client& client, std::string_view payload) {
  switch (client.pace.count(now_.paced, std::max(looked_at_, now_.paced - 2 * kPulse), lag_)) {
    case PaceVerdict::kFine: break;
    case PaceVerdict::kTooFast:
      return tell_error(
          client, -1, 100,
          fmt::format("Max rate of messages per second has been exceeded:max={} rec={} (1)",
                      settings_.messages_per_second, settings_.messages_per_second + 1));
    case PaceVerdict::kAbuse: return close(client, "goes on sending too fast");
  }
  const int id = number_at(payload, 0);
  if (client.stage == Stage::kStarting && id >= 0 && id != ibkr::StartApi::kId) {
    // IB's own client returns from connect() before the session has started.
    if (client.early.size() == kMostEarly) { return close(client, "requests without startApi"); }
    client.early.emplace_back(payload);
    return;
  }
  obey(client, payload);
}

void Desk::obey(Client& client, std::string_view payload) {
  payload_ = payload;
  const auto read = ibkr::read_request(payload, client.version,
                                       [&](const auto& message) { on(client, message); });
  if (!read) {
    if (number_at(payload, 0) < 0) { return close(client, read.error().text()); }
    log(client, read.error().text());
    tell_error(client, id_of(payload), 320,
               fmt::format("Error reading request. {}", read.error().text()));
  } else if (read->surplus) {
    log(client, fmt::format("message {} has fields beyond those known; they are ignored",
                            number_at(payload, 0)));
  }
  tell_news();
}

void Desk::advance(const Moment& now) {
  come_to(now);
  exchange_->advance(now);
  tell_news();
  const bool moved = market().instant() != ticked_at_;
  const bool account_due = now.paced - account_told_at_ >= kAccountEvery;
  const bool profit_due = now.paced - profit_told_at_ >= kProfitEvery;
  ticked_at_ = market().instant();
  if (account_due) { account_told_at_ = now.paced; }
  if (profit_due) { profit_told_at_ = now.paced; }
  for (auto& [link, client] : clients_) {
    if (client.stage != Stage::kReady) { continue; }
    if (moved) {
      tell_changed_ticks(client);
      tell_growing_bars(client);
    }
    if (account_due) { tell_changed_account(client, exchange_->figures()); }
    if (profit_due) {
      for (const auto& [req_id, con_id] : client.profits) { tell_profit(client, req_id, con_id); }
    }
    if (client.out.size() > kMostOutput) { close(client, "does not read what it asked for"); }
  }
}

std::optional<Duration> Desk::next_wakeup() const {
  const Duration pulse = now_.paced + kPulse;
  return std::min(exchange_->next_paced().value_or(pulse), pulse);
}

void Desk::come_to(const Moment& now) {
  const Duration late = now.paced - now_.paced - kPulse;
  if (now.paced - lagged_at_ >= seconds{1}) { lag_ = {}; }
  if (late > kPulse) {
    lag_ += late;
    lagged_at_ = now.paced;
  }
  looked_at_ = now_.paced;
  now_ = now;
}

// Session.

void Desk::on(Client& client, const ibkr::StartApi& m) {
  if (client.stage == Stage::kReady) { return log(client, "a second startApi is ignored"); }
  if (m.client_id < 0) {
    tell_error(client, -1, 321,
               fmt::format("Error validating request:-'startApi' : cause - Invalid client id {}",
                           m.client_id));
    return close(client, fmt::format("client id {} is below 0", m.client_id));
  }
  if (client_of(m.client_id)) {
    tell_error(client, -1, 326,
               "Unable to connect as the client id is already in use. Retry with a unique client "
               "id.");
    return close(client, fmt::format("client id {} is in use", m.client_id));
  }
  client.id = m.client_id;
  client.stage = Stage::kReady;
  log(client, fmt::format("connected, version {}", client.version));
  on(client, ibkr::ReqManagedAccts{});
  on(client, ibkr::ReqIds{});
  constexpr std::array<std::pair<int, const char*>, 3> kNotices{
      {{2104, "Market data farm connection is OK:usfarm"},
       {2106, "HMDS data farm connection is OK:ushmds"},
       {2158, "Sec-def data farm connection is OK:secdefnj"}}};
  for (const auto& [code, text] : kNotices) { tell_error(client, -1, code, text); }
  const std::vector<std::string> early = std::exchange(client.early, {});
  for (const std::string& payload : early) {
    if (client.alive()) { obey(client, payload); }
  }
}

void Desk::on(Client& client, const ibkr::ReqIds& /*m*/) {
  tell(client, ibkr::NextValidId{.order_id = exchange_->next_order_id(client.id)});
}

void Desk::on(Client& client, const ibkr::ReqManagedAccts& /*m*/) {
  tell(client, ibkr::ManagedAccounts{.accounts_list = exchange_->account()});
}

void Desk::on(Client& client, const ibkr::ReqCurrentTime& /*m*/) {
  tell(client, ibkr::CurrentTime{
                   .time = std::chrono::floor<seconds>(now_.session).time_since_epoch().count()});
}

void Desk::on(Client& client, const ibkr::SetServerLogLevel& m) {
  log(client, fmt::format("log level {} asked", m.level));
}

void Desk::on(Client& client, const ibkr::ReqUserInfo& m) {
  tell(client, ibkr::UserInfo{.req_id = m.req_id});
}

void Desk::on(Client& client, const ibkr::UnknownMessage& m) {
  log(client, fmt::format("request {} is not supported", m.id));
  tell_error(client, id_of(payload_), 321,
             fmt::format("Error validating request:-'{}' : cause - The simulated gateway does not "
                         "support this request.",
                         m.id));
}

}  // namespace gateway
}  // namespace v6
