// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A rule is a text with an optional "per ..."; one limit counts by one kind of key.
#include "job/read_limits.h"

#include <fmt/format.h>

#include <functional>

#include "limits/limit_text.h"

namespace penstock::job {
namespace {

using catalog::Setting;
using catalog::SettingKind;
using catalog::SettingReader;

using catalog::Problems;

/// Everything that the rules of one table write to.
struct Target {
  LimitOptions& options;
  LimitRules* fixed = nullptr;  // The exception's own rules; then "per" makes no sense.
};

/// The rules that "per" selects, or null with a problem noted.
LimitRules* rules_for(const std::string& per, const Target& target, std::string& problem) {
  if (per.empty()) return target.fixed != nullptr ? target.fixed : &target.options.all;
  if (target.fixed != nullptr) {
    problem = "an exception is for one key already; leave out \"per " + per + "\"";
    return nullptr;
  }
  std::string& known = target.options.per;
  if (known.empty()) known = per;
  if (known == per) return &target.options.each;
  problem =
      fmt::format("one limit counts per one thing, and this one counts per {} already", known);
  return nullptr;
}

std::string add_rate(const std::string& text, const Target& target) {
  const Result<limits::Scoped<Rate>> parsed = limits::parse_rate(text);
  if (!parsed) return parsed.error().message;
  std::string problem;
  if (LimitRules* rules = rules_for(parsed->per, target, problem))
    rules->rates.push_back(parsed->rule);
  return problem;
}

std::string add_concurrency(const std::string& text, const Target& target) {
  const Result<limits::Scoped<Concurrency>> parsed = limits::parse_concurrency(text);
  if (!parsed) return parsed.error().message;
  std::string problem;
  LimitRules* rules = rules_for(parsed->per, target, problem);
  if (rules == nullptr) return problem;
  if (rules->concurrency) return "a second concurrency for the same thing";
  rules->concurrency = parsed->rule;
  return {};
}

std::string add_spacing(const std::string& text, const Target& target) {
  const Result<limits::Scoped<Duration>> parsed = limits::parse_spacing(text);
  if (!parsed) return parsed.error().message;
  std::string problem;
  LimitRules* rules = rules_for(parsed->per, target, problem);
  if (rules == nullptr) return problem;
  if (rules->spacing > Duration::zero()) return "a second spacing for the same thing";
  rules->spacing = parsed->rule;
  return {};
}

/// A rule as text: a string, or a whole number where one is enough.
std::optional<std::string> rule_text(const Setting& value) {
  if (value.kind == SettingKind::text) return value.text;
  if (value.kind == SettingKind::whole) return std::to_string(value.whole);
  return std::nullopt;
}

/// One rule, or a list of them.
void read_rules(SettingReader& reader, std::string_view key, std::string_view expected,
                const std::function<std::string(const std::string&)>& add) {
  const Setting* value = reader.any(key);
  if (value == nullptr) return;
  const std::vector<Setting> single{*value};
  for (const Setting& rule : value->kind == SettingKind::array ? value->elements : single) {
    const std::optional<std::string> text = rule_text(rule);
    const std::string problem = text ? add(*text) : fmt::format("expected {}", expected);
    if (!problem.empty()) reader.problems().error(rule.at, reader.path_of(key), problem);
  }
}

void read_table(SettingReader& reader, const Target& target) {
  read_rules(reader, "rate", "a rate such as \"10/s\" or \"2/s per host\"",
             [&target](const std::string& text) { return add_rate(text, target); });
  read_rules(reader, "concurrency", "a number, \"2 per host\" or \"auto\"",
             [&target](const std::string& text) { return add_concurrency(text, target); });
  read_rules(reader, "spacing", "a spacing such as \"1.5s per host\"",
             [&target](const std::string& text) { return add_spacing(text, target); });
}

/// As the http step names hosts: in small letters, without a last dot.
std::string host_name(std::string_view host) {
  if (host.size() > 1 && host.ends_with('.')) host.remove_suffix(1);
  std::string name(host);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

void read_exceptions(SettingReader& reader, LimitOptions& options) {
  const Setting* exceptions = reader.table("for");
  if (exceptions == nullptr) return;
  if (options.per.empty())
    reader.problem("for", "exceptions need a rule \"per host\" (or per a field) to differ from");
  for (const auto& entry : exceptions->entries) {
    SettingReader one(entry.value, fmt::format("{}.\"{}\"", reader.path_of("for"), entry.key),
                      reader.problems());
    const std::string key = options.per == "host" ? host_name(entry.key) : entry.key;
    read_table(one, {options, &options.keys[key]});
    one.done();
  }
}

LimitOptions read_limit(const std::string& name, const Setting& table, Problems& problems) {
  LimitOptions options;
  options.name = name;
  const std::size_t errors_before = problems.errors();
  SettingReader reader(table, "limit." + name, problems);
  read_table(reader, {options});
  read_exceptions(reader, options);
  reader.done();
  if (problems.errors() > errors_before) return options;
  if (const Status checked = limits::check_limit(options); !checked)
    problems.error(table.at, reader.path(), checked.error().message);
  return options;
}

}  // namespace

std::vector<LimitOptions> read_limits(SettingReader& root) {
  std::vector<LimitOptions> limits;
  const Setting* tables = root.table("limit");
  if (tables == nullptr) return limits;
  for (const auto& entry : tables->entries) {
    if (entry.value.kind == SettingKind::table)
      limits.push_back(read_limit(entry.key, entry.value, root.problems()));
    else
      root.problems().error(entry.at, "limit." + entry.key,
                            "expected a table: [limit.NAME] with rate, concurrency or spacing");
  }
  return limits;
}

RetryOptions read_retry(SettingReader& step) {
  RetryOptions options;
  const Setting* table = step.table("retry");
  if (table == nullptr) return options;
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  SettingReader reader(*table, step.path_of("retry"), step.problems());
  const auto read_wait = [&reader](std::string_view key, milliseconds& target) {
    if (const auto wait = reader.duration(key)) target = duration_cast<milliseconds>(*wait);
  };
  const auto read_count = [&reader](std::string_view key, std::int64_t min, int& target) {
    if (const auto count = reader.whole(key, min, 1'000'000)) target = static_cast<int>(*count);
  };
  read_count("attempts", 1, options.attempts);
  read_count("throttles", 1, options.throttles);
  read_count("crashes", 1, options.crashes);
  read_wait("first_wait", options.first_wait);
  read_wait("max_wait", options.max_wait);
  read_wait("deadline", options.deadline);
  if (const Setting* circuit = reader.table("circuit")) {
    SettingReader inner(*circuit, reader.path_of("circuit"), step.problems());
    if (const auto count = inner.whole("failures", 0, 1'000'000))
      options.circuit.failures = static_cast<int>(*count);
    if (const auto rest = inner.duration("rest"))
      options.circuit.rest = duration_cast<milliseconds>(*rest);
    if (const auto rest = inner.duration("rest_max"))
      options.circuit.rest_max = duration_cast<milliseconds>(*rest);
    inner.done();
  }
  reader.done();
  return options;
}

}  // namespace penstock::job
