#include "runtime/recorder.hpp"

#include <sys/utsname.h>

#include "base/error.hpp"
#include "base/version.hpp"
#include "runtime/digest.hpp"
#include "runtime/journal.hpp"

namespace v6 {
namespace {

/// The alternative's own name, taken from the compiler; the last part after "::".
template <class T>
constexpr std::string_view type_name() {
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr auto from = text.find("T = ") + 4;
  constexpr auto to = text.find_first_of(";]", from);
  constexpr auto full = text.substr(from, to - from);
  return full.substr(full.rfind(':') + 1);
}

template <class Variant>
std::string_view name_in(const Variant& value) {
  return std::visit([]<class T>(const T&) { return type_name<T>(); }, value);
}

}  // namespace

JournalHeader header_of(const RunSetup& setup, const Calendar::Data& calendar,
                        std::string command_line) {
  utsname host{};
  uname(&host);
  return {.build = std::string{kVersion},
          .compiler = std::string{kCompiler},
          .host = std::string{host.nodename} + ' ' + host.machine,
          .command = std::move(command_line),
          .config = encoded(setup),
          .reference = encoded(calendar)};
}

RunSetup setup_in(const JournalHeader& header) {
  try {
    return decoded<RunSetup>(header.config);
  } catch (const DecodeError& error) {
    fail_data(std::string{"journal: its configuration is of another version ("} + error.what() +
              "); use the v6 that wrote it: " + header.build);
  }
}

std::shared_ptr<const Given> given_in(const JournalHeader& header) {
  try {
    return std::make_shared<const Given>(
        Given{.setup = setup_in(header).setup,
              .calendar = Calendar{decoded<Calendar::Data>(header.reference)}});
  } catch (const DecodeError& error) {
    fail_data(std::string{"journal: its calendar is of another version ("} + error.what() +
              "); use the v6 that wrote it: " + header.build);
  }
}

std::string decisions_digest(const std::vector<Decision>& decisions) {
  Digest digest;
  for (const Decision& decision : decisions) { digest.add(encoded(decision)); }
  return digest.hex();
}

std::string_view name_of(const EventBody& body) { return name_in(body); }
std::string_view name_of(const Command& command) { return name_in(command); }

void Recorder::event(const Event& event) {
  buffer_.clear();
  encode(buffer_, event);
  journal_->append(RecordKind::kEvent, event.at, name_of(event.body), buffer_.bytes());
}

void Recorder::command(Instant at, const Command& command) {
  buffer_.clear();
  encode(buffer_, command);
  journal_->append(RecordKind::kCommand, at, name_of(command), buffer_.bytes());
}

void Recorder::checkpoint(Instant at, const State& state) {
  buffer_.clear();
  encode(buffer_, state);
  journal_->append(RecordKind::kCheckpoint, at, "Checkpoint", buffer_.bytes());
}

}  // namespace v6
