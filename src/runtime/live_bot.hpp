#pragma once

#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/reference.hpp"
#include "engine/state.hpp"
#include "ibkr/tws_client.hpp"
#include "report/run_record.hpp"
#include "runtime/journal.hpp"
#include "runtime/recorder.hpp"
#include "runtime/state_folder.hpp"
#include "runtime/wire_recorder.hpp"

namespace v6 {

/// Stops every opening at the next write, from any thread or signal handler; there is no way back
/// but a person's resume.
class KillSwitch {
 public:
  KillSwitch() = default;
  KillSwitch(const KillSwitch&) = delete;
  KillSwitch& operator=(const KillSwitch&) = delete;
  virtual ~KillSwitch() = default;

  void pull() { pulled_.store(true, std::memory_order_release); }
  [[nodiscard]] virtual bool pulled() const { return pulled_.load(std::memory_order_acquire); }
  void rearm() { pulled_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> pulled_ = false;
};

struct LiveRequest {
  Setup setup;
  ibkr::ClientSettings client;
  std::string configuration;  // effective, as TOML
  std::string command_line;
  /// Multiplies the waits that count the machine's own time, where the clock runs fast.
  double patience = 1;
  /// What is not an order may be lost in a crash for so long.
  Duration commit_every = std::chrono::seconds{1};
  /// What goes over the wire is recorded in the state folder; absent: it is not.
  std::optional<WireRetention> recording = WireRetention{};
};

/// The core with a brokerage at the end of a wire: events journalled before they are stepped,
/// commands before they are obeyed, and durable before an order message leaves. No socket and no
/// clock inside: whoever drives it moves bytes to and from it and tells the time. Whatever it is
/// told goes through it, and so into the flight recorder: that life can be lived again.
class LiveBot {
 public:
  /// Load, then reconcile, then trade: a start and a restart are the same path.
  LiveBot(LiveRequest request, const Reference& reference, const StateFolder& folder,
          KillSwitch& kill, Instant now);
  LiveBot(const LiveBot&) = delete;
  LiveBot& operator=(const LiveBot&) = delete;
  ~LiveBot();

  /// The transport, as TwsClient has it. After each of these but take_output() call pump().
  void dialling(Instant now);
  void connected(Instant now);
  void received(Instant now, std::string_view bytes);
  void disconnected(Instant now, std::string_view why);
  void on_time(Instant now);
  [[nodiscard]] std::string take_output();
  [[nodiscard]] const ibkr::TwsClient& client() const { return *client_; }

  /// Tells the core all that happened up to now and does what it asks for.
  void pump(Instant now);
  /// The housekeeping that no order must wait for. Call it when the output has been sent on.
  void rest();
  [[nodiscard]] Instant next_deadline() const;

  void say(Instant now, OperatorWord word, std::string reason);
  /// Ends this life in good order: what is open is recorded, the journal sealed. Its digest.
  std::string close(Instant now);

  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] Instant at() const { return at_; }
  [[nodiscard]] const RunRecord& record() const { return record_; }
  [[nodiscard]] const LiveRequest& request() const { return request_; }
  [[nodiscard]] std::uint64_t events() const { return sequence_; }
  [[nodiscard]] const std::filesystem::path& journal_path() const { return journal_path_; }
  /// Days whose session began in this life or one before it.
  [[nodiscard]] const std::vector<Date>& sessions() const { return sessions_; }
  [[nodiscard]] const std::map<Date, Price>& settlements() const { return settlements_; }

 private:
  struct Sending {
    ApprovedOrder order;
    Instant until;  // given up then
    enum class Preview : std::uint8_t { kNone, kAsked, kGood } preview = Preview::kNone;
  };

  void begin(Instant now);
  void start_recording(Instant now);
  void note(wire_file::Kind kind, Instant at, std::string_view bytes = {},
            std::uint64_t number = 0);
  void act(Instant now);
  void commit();
  [[nodiscard]] bool killed();
  void feed(Instant at, EventBody body);
  void obey(Command command);
  void submit(ApprovedOrder order);
  void send_waiting(Instant now);
  [[nodiscard]] bool previewed(Sending& next, std::string& refusal);
  void write(ApprovedOrder order, Instant now);
  void refuse(OrderId order, std::string reason);
  void cancel_again();
  void drain();
  void fire_timers(Instant now);
  void follow_calendar(Instant now);
  void tell_reference(Instant now, Date today);
  void warn(std::string text);
  void levels_published(Instant at, DailyLevelsPublished levels);
  void hold_open_legs();

  LiveRequest request_;
  const Reference& reference_;
  const StateFolder& folder_;
  KillSwitch& kill_;
  State state_;
  RunRecord record_;
  std::filesystem::path journal_path_;
  std::optional<Journal> journal_;
  std::optional<Recorder> recorder_;
  std::unique_ptr<WireRecorder> wire_;
  std::unique_ptr<ibkr::TwsClient> client_;

  std::deque<std::pair<Instant, EventBody>> arrived_;
  std::multimap<Instant, TimerId> timers_;
  std::deque<Sending> sending_;
  std::set<OrderId> cancelling_;
  std::vector<ContractId> held_;
  std::vector<Date> sessions_;
  std::map<Date, Price> settlements_;
  std::map<std::int32_t, ibkr::ContractRow> contracts_;
  Instant at_;
  std::uint64_t sequence_ = 0;
  std::uint64_t kill_looks_ = 0;
  bool kill_seen_ = false;
  bool dirty_ = false;  // something is appended but not committed
  Instant committed_at_;
  bool recording_due_ = false;
};

}  // namespace v6
