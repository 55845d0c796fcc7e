// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bounds are generous and stated: beyond them lies a typing mistake, not a machine.
#include "job/read_workers.h"

#include <fmt/format.h>

#include <charconv>

#include "limits/limit_text.h"

namespace penstock::job {
namespace {

using catalog::SettingReader;

constexpr std::int64_t kProcessesMax = 1024;
constexpr std::int64_t kConcurrencyMax = 100'000;
constexpr std::int64_t kAtOnceMax = 1'000'000;

void read_recycle(SettingReader& workers, ExecutorOptions& options) {
  const catalog::Setting* table = workers.table("recycle");
  if (table == nullptr) return;
  SettingReader reader(*table, workers.path_of("recycle"), workers.problems());
  if (const auto calls = reader.whole("calls", 1, 1'000'000'000'000))
    options.recycle_calls = static_cast<std::uint64_t>(*calls);
  if (const auto memory = reader.bytes("memory")) options.recycle_rss_bytes = *memory;
  reader.done();
}

std::size_t read_size(SettingReader& reader, std::string_view key, std::int64_t max,
                      std::size_t otherwise) {
  const auto size = reader.whole(key, 1, max);
  return size ? static_cast<std::size_t>(*size) : otherwise;
}

void read_distribution(SettingReader& workers, const Overrides& overrides, engine::Plan& plan) {
  const std::optional<std::string> own = workers.text("distribute");
  for (const auto& said : {own, overrides.distribute}) {
    if (!said) continue;
    if (*said != "static" && *said != "dynamic")
      workers.problem("distribute",
                      fmt::format(R"(expected "dynamic" or "static", found "{}")", *said));
    plan.distribution =
        *said == "static" ? engine::Distribution::static_ranges : engine::Distribution::dynamic;
  }
}

}  // namespace

void read_workers(SettingReader& root, const Overrides& overrides, const Surroundings& surroundings,
                  Job& job) {
  const catalog::Setting* table = root.table("workers");
  const catalog::Setting nothing;
  SettingReader reader(table == nullptr ? nothing : *table, "workers", root.problems());
  engine::Plan& plan = job.plan;
  plan.workers = read_size(reader, "processes", kProcessesMax, surroundings.processors);
  plan.concurrency = read_size(reader, "concurrency", kConcurrencyMax, plan.concurrency);
  plan.at_once = read_size(reader, "at_once", kAtOnceMax, 0);
  if (const auto hang = reader.duration("hang"))
    job.executor.hang_limit = std::chrono::duration_cast<std::chrono::milliseconds>(*hang);
  read_recycle(reader, job.executor);
  read_distribution(reader, overrides, plan);
  reader.done();
  plan.workers = overrides.workers.value_or(plan.workers);
  plan.concurrency = overrides.concurrency.value_or(plan.concurrency);
  plan.at_once = overrides.at_once.value_or(plan.at_once);
  job.executor.workers = plan.workers;
  job.executor.concurrency = plan.concurrency;
}

Result<engine::FailureBudget> parse_failure_budget(std::string_view text) {
  engine::FailureBudget budget;
  if (text == "none") return budget;
  const bool is_share = text.ends_with('%');
  const std::string_view digits = is_share ? text.substr(0, text.size() - 1) : text;
  double number = 0;
  const auto [rest, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number,
                                              std::chars_format::fixed);
  const bool is_number = failed == std::errc{} && rest == digits.data() + digits.size();
  const double max = is_share ? 100 : 1e15;
  const bool is_whole =
      is_share || number == static_cast<double>(static_cast<std::int64_t>(number));
  if (!is_number || !(number > 0) || number > max || !is_whole)
    return Error{Errc::invalid,
                 fmt::format("expected a number of failures, such as 100, or a share, such as "
                             "\"5%\", found \"{}\"",
                             text.substr(0, 40)),
                 "job.failures"};
  if (is_share)
    budget.fraction_max = number / 100;
  else
    budget.count_max = static_cast<std::uint64_t>(number);
  return budget;
}

void read_run(SettingReader& root, const Overrides& overrides, Job& job) {
  const catalog::Setting* table = root.table("run");
  const catalog::Setting nothing;
  SettingReader reader(table == nullptr ? nothing : *table, "run", root.problems());
  std::optional<std::string> failures;
  if (const catalog::Setting* value = reader.any("stop_after_failures"))
    failures =
        value->kind == catalog::SettingKind::whole ? std::to_string(value->whole) : value->text;
  if (failures) {
    const Result<engine::FailureBudget> parsed = parse_failure_budget(*failures);
    if (parsed)
      job.plan.failures = *parsed;
    else
      reader.problem("stop_after_failures", parsed.error().message);
  }
  const bool keep_order = reader.boolean("keep_order").value_or(false) || overrides.keep_order;
  job.order = keep_order ? RecordOrder::source : RecordOrder::settled;
  reader.done();
  if (!overrides.failures) return;
  const Result<engine::FailureBudget> parsed = parse_failure_budget(*overrides.failures);
  if (parsed)
    job.plan.failures = *parsed;
  else
    root.problems().error({}, "--stop-after-failures", parsed.error().message);
}

}  // namespace penstock::job
