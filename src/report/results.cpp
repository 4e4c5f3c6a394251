#include "report/results.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/page.hpp"
#include "report/paths.hpp"

namespace v6 {
namespace {

/// TOML's numbers, switches, texts and lists of them are JSON too; inline tables stay text.
Json value_in(const std::string& toml) {
  Json value = Json::parse(toml, nullptr, false);
  return value.is_discarded() ? Json(toml) : value;
}

Json config_of(const RunResult& result) {
  Json config = Json::object();
  for (const ShownSetting& setting : result.config) {
    Json* place = &config;
    std::string_view rest = setting.key;
    for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
      place = &(*place)[std::string{rest.substr(0, dot)}];
      rest.remove_prefix(dot + 1);
    }
    (*place)[std::string{rest}] = value_in(setting.value);
  }
  return config;
}

Json ratio(double part, double whole) { return whole > 0 ? Json(part / whole) : Json(nullptr); }

Json figures_json(const RunFigures& figures) {
  return {{"entries", figures.entries},
          {"structures", figures.structures},
          {"realised_pnl", figures.realised.text()},
          {"unrealised_pnl", figures.unrealised.text()},
          {"fees", figures.fees.text()},
          {"slippage_vs_mid", figures.slippage.text()},
          {"max_drawdown", figures.max_drawdown},
          {"max_drawdown_dollars", figures.max_drawdown_dollars.text()},
          {"final_net_liquidation", figures.final_net_liquidation.text()},
          {"win_rate", ratio(figures.wins, figures.closed)},
          {"profit_factor", ratio(figures.gross_profit.dollars(), figures.gross_loss.dollars())}};
}

template <class Records>
std::string lines(const Records& records, const JsonForm& form) {
  std::string text;
  for (const auto& record : records) { text += form.of(record).dump() + '\n'; }
  return text;
}

std::string equity_csv(const RunRecord& run) {
  std::string text =
      "at,cash,positions_value,net_liquidation,open_structures,worst_case,delta,gamma,theta,vega\n";
  for (const RecordEquity& row : run.equity) {
    text += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", iso(row.at), row.cash.text(),
                        row.positions_value.text(), row.net_liquidation.text(), row.open_structures,
                        row.worst_case ? row.worst_case->text() : "unbounded", shortest(row.delta),
                        shortest(row.gamma), shortest(row.theta), shortest(row.vega));
  }
  return text;
}

std::string fees_note(const RunResult& result) {
  const auto as_of = std::ranges::find(result.config, "fees.as_of", &ShownSetting::key);
  const Json date = as_of != result.config.end() ? value_in(as_of->value) : Json();
  return "Fees follow a schedule" +
         (date.is_string() ? " of " + date.get<std::string>() : "; check your broker's own") + ".";
}

std::vector<std::string> notes_of(const RunResult& result) {
  std::vector<std::string> notes = {
      "One snapshot a session, taken as 15 minutes before the close; the files carry no time.",
      "Decisions use VIX and closes up to the session before; the snapshot's own spot is today's.",
      "Cash earns nothing.",
      fees_note(result),
      "Margin is the exchange's rule, not a broker's own requirement.",
      "A backtest simulates whatever mode says, and trades the one underlying it was given.",
      fmt::format("Under walk and mid a combo fills whole at one price; seed {}.", result.seed)};
  notes.insert(notes.end(), result.warnings.begin(), result.warnings.end());
  return notes;
}

/// Fractions of net liquidation.
Json limits_of(const RiskLimits& limits) {
  return {{"worst_case", limits.book_worst_case},
          {"dollar_delta", limits.dollar_delta},
          {"dollar_gamma", limits.dollar_gamma},
          {"vega", limits.vega},
          {"theta", limits.theta}};
}

Json alerts_of(const RunRecord& run, const JsonForm& form) {
  Json alerts = Json::array();
  for (const auto& [at, raised] : run.alerts) {
    Json alert = {{"at", JsonForm::of(at)}};
    alert.update(form.of(raised));
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

/// Everything the page draws: the summary, the records, the other fill models' curves.
Json report_data(const RunResult& result) {
  const JsonForm form{result.master};
  const RunRecord& run = result.run();
  Json summary = summary_of(result);
  summary["notes"] = notes_of(result);
  for (const auto& [model, record] : result.runs) {
    Json& curve = summary["fill_models"][std::string{word(model)}]["equity"];
    for (const RecordEquity& row : record.equity) {
      curve.push_back({{"at", iso(row.at)}, {"net_liquidation", row.net_liquidation.text()}});
    }
  }
  Json equity = Json::array();
  Json attribution = Json::array();
  for (const RecordEquity& row : run.equity) {
    Json point = form.of(row);
    point.erase("attribution");
    point.erase("marks");
    equity.push_back(std::move(point));
    Json causes = form.of(row.attribution);
    causes["at"] = iso(row.at);
    attribution.push_back(std::move(causes));
  }
  Json config = Json::array();
  for (const ShownSetting& setting : result.config) {
    config.push_back({{"key", setting.key},
                      {"value", setting.value},
                      {"origin", setting.origin},
                      {"meaning", setting.meaning}});
  }
  return {{"build", build_text()},
          {"summary", std::move(summary)},
          {"limits", limits_of(result.limits)},
          {"config", std::move(config)},
          {"equity", std::move(equity)},
          {"attribution", std::move(attribution)},
          {"structures", structures_with_paths(result)},
          {"orders", form.of(run.orders)},
          {"fills", form.of(run.fills)},
          {"alerts", alerts_of(run, form)},
          {"decisions", form.of(run.decisions)}};
}

}  // namespace

Json summary_of(const RunResult& result) {
  const RunRecord& run = result.run();
  const RunFigures figures = figures_of(run, result.cash);
  Json missing = Json::array();
  for (const Date date : result.missing) { missing.push_back(iso(date)); }
  Json models = Json::object();
  for (const auto& [model, record] : result.runs) {
    models[std::string{word(model)}] = figures_json(figures_of(record, result.cash));
  }
  Json summary = {{"kind", result.kind},
                  {"underlying", result.underlying.text()},
                  {"root", result.root.text()},
                  {"from", iso(result.from)},
                  {"to", iso(result.to)},
                  {"fill", word(result.fill)},
                  {"seed", result.seed},
                  {"cash", result.cash.text()},
                  {"sessions", result.sessions.size() - result.missing.size()},
                  {"sessions_missing", std::move(missing)},
                  {"quotes_read", result.quotes_read},
                  {"quotes_refused", result.quotes_refused}};
  summary.update(figures_json(figures));
  summary["exits"] = figures.exits;
  summary["fill_models"] = std::move(models);
  summary["decisions_digest"] = result.decisions_digest;
  summary["journal_digest"] = result.journal_digest;
  summary["events"] = result.events;
  summary["timing"] = {{"load_s", result.timing.load_s},
                       {"run_s", result.timing.run_s},
                       {"report_s", result.timing.report_s},
                       {"quotes_per_s", result.timing.quotes_per_s},
                       {"peak_rss_mib", result.timing.peak_rss_mib}};
  summary["config"] = config_of(result);
  return summary;
}

std::string summary_text(const RunResult& result) {
  const RunFigures chosen = figures_of(result.run(), result.cash);
  std::string text = fmt::format("{} / {}  {} to {}  {} sessions, {} missing  {} quotes read\n\n",
                                 result.underlying.text(), result.root.text(), iso(result.from),
                                 iso(result.to), result.sessions.size() - result.missing.size(),
                                 result.missing.size(), result.quotes_read);
  text += fmt::format("{:<9}{:>8}{:>14}{:>14}{:>12}{:>12}{:>10}{:>18}\n", "fills", "entries",
                      "realised", "unrealised", "fees", "slippage", "drawdown", "net liquidation");
  for (const auto& [model, record] : result.runs) {
    const RunFigures figures = figures_of(record, result.cash);
    text += fmt::format("{:<9}{:>8}{:>14}{:>14}{:>12}{:>12}{:>9.2f}%{:>18}{}\n", word(model),
                        figures.entries, figures.realised.text(), figures.unrealised.text(),
                        figures.fees.text(), figures.slippage.text(), 100 * figures.max_drawdown,
                        figures.final_net_liquidation.text(),
                        model == result.fill ? "  < this run" : "");
  }
  text += "\nexits    ";
  for (const auto& [rule, count] : chosen.exits) { text += fmt::format(" {} {}", rule, count); }
  text += fmt::format("\n\ndecisions  {}\njournal    {}\n", result.decisions_digest,
                      result.journal_digest);
  return text;
}

void write_records(OutputFolder& out, const RunResult& result) {
  const JsonForm form{result.master};
  const RunRecord& run = result.run();
  out.write("decisions.jsonl", lines(run.decisions, form));
  out.write("orders.jsonl", lines(run.orders, form));
  out.write("fills.jsonl", lines(run.fills, form));
  out.write("structures.jsonl", lines(run.structures, form));
  out.write("equity.csv", equity_csv(run));
  out.write("report.html", page_with(report_data(result)));
}

void write_summary(OutputFolder& out, const RunResult& result) {
  out.write("summary.json", summary_of(result).dump(2) + '\n');
}

}  // namespace v6
