#include <algorithm>

#include "config/toml_settings.hpp"

namespace v6 {

std::string inline_table(const std::vector<SettingSlot>& slots) {
  std::string text = "{";
  for (const auto& slot : slots) {
    text += fmt::format("{}{} = {}", text.size() > 1 ? ", " : "", slot.key, slot.text());
  }
  return text + "}";
}

std::vector<ShownSetting> shown(const std::vector<SettingSlot>& slots,
                                const std::vector<SettingSlot>& defaults, const Origins& origins) {
  std::vector<ShownSetting> list;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto& slot = slots[i];
    const auto origin = origins.find(slot.key);
    auto value = slot.text();
    const bool is_default = value == defaults[i].text();
    list.push_back({.key = slot.key,
                    .value = std::move(value),
                    .unit = std::string{slot.range.unit},
                    .meaning = std::string{slot.meaning},
                    .accepted = slot.accepted,
                    .least = slot.range.least,
                    .most = slot.range.most,
                    .origin = origin == origins.end() ? "default" : origin->second,
                    .is_default = is_default});
  }
  return list;
}

std::string as_toml(const std::vector<ShownSetting>& shown) {
  // Top-level settings first: below a table's header they would belong to it.
  std::vector<std::string> tables{""};
  for (const auto& setting : shown) {
    const std::string_view key = setting.key;
    for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.', dot + 1)) {
      const auto table = key.substr(0, dot);
      if (std::ranges::find(tables, table) == tables.end()) { tables.emplace_back(table); }
    }
  }
  std::string text = "# Every setting of V6 with its value in force.\n";
  for (const auto& table : tables) {
    std::string lines;
    for (const auto& setting : shown) {
      const auto dot = setting.key.rfind('.');
      if (setting.key.substr(0, dot == std::string::npos ? 0 : dot) != table) { continue; }
      lines += fmt::format("# {}{}accepted {}\n{} = {}\n", setting.meaning,
                           setting.meaning.empty() ? "" : "; ", setting.accepted,
                           setting.key.substr(dot + 1), setting.value);
    }
    if (!lines.empty() && !table.empty()) { text += fmt::format("\n[{}]\n", table); }
    text += lines;
  }
  return text;
}

}  // namespace v6
