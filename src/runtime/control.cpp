#include "runtime/control.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio.hpp>

#include "base/error.hpp"
#include "runtime/live_views.hpp"

namespace v6 {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

constexpr std::size_t kMostRows = 200;

Json view_of(const LiveBot& bot, const std::string& name, std::size_t most) {
  if (name == "status") { return status_view(bot); }
  if (name == "positions") { return positions_view(bot); }
  if (name == "orders") { return orders_view(bot); }
  if (name == "decisions") { return decisions_view(bot, most); }
  if (name == "greeks") { return greeks_view(bot); }
  if (name == "chain") { return chain_view(bot); }
  if (name == "alerts") { return alerts_view(bot, most); }
  return {{"error", "view \"" + name +
                        "\": accepted are status, positions, orders, decisions, greeks, chain, "
                        "alerts"}};
}

Json speak(LiveBot& bot, Instant now, const Json& request) {
  const auto said = from_word<OperatorWord>(request.at("word").get<std::string>());
  if (!said) { return {{"error", "no such word: " + request.at("word").get<std::string>()}}; }
  Json touched = preview(bot, *said);
  if (request.value("preview", false)) { return touched; }
  const std::string reason = request.value("reason", "");
  if (reason.empty()) { return {{"error", "a reason is required: --reason \"why\""}}; }
  bot.say(now, *said, reason);
  return {{"done", std::move(touched)}, {"latches", bot.state().latches.set()}};
}

}  // namespace

std::string answer(LiveBot& bot, Instant now, std::string_view line) {
  try {
    const Json request = Json::parse(line);
    const Json reply =
        request.contains("word")
            ? speak(bot, now, request)
            : view_of(bot, request.at("view").get<std::string>(), request.value("most", kMostRows));
    return reply.dump() + '\n';
  } catch (const Json::exception& error) {
    return Json{{"error", fmt::format("not a request: {}", error.what())}}.dump() + '\n';
  }
}

Json ask(const std::filesystem::path& socket, const Json& request) {
  try {
    asio::io_context io;
    Local::socket link{io};
    link.connect(Local::endpoint{socket.string()});
    const std::string line = request.dump() + '\n';
    asio::write(link, asio::buffer(line));
    std::string reply;
    boost::system::error_code end;
    asio::read(link, asio::dynamic_buffer(reply), end);
    Json parsed = Json::parse(reply);
    if (parsed.is_object() && parsed.contains("error")) {
      fail_usage(parsed["error"].get<std::string>());
    }
    return parsed;
  } catch (const boost::system::system_error& error) {
    throw Failure(ExitCode::kBroker,
                  fmt::format("{}: no bot answers ({}); start one with `v6 run`, or name its "
                              "folder with --state",
                              socket.string(), error.code().message()));
  } catch (const Json::exception&) {
    throw Failure(ExitCode::kBroker, fmt::format("{}: what answers is no v6", socket.string()));
  }
}

}  // namespace v6
