// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A closed set of wishes; whatever is not understood is refused as a whole.
#include "cli/control_request.h"

#include <fmt/format.h>

#include "core/json.h"
#include "core/json_text.h"

namespace penstock::cli {
namespace {

constexpr std::int64_t kSizeMax = 1'000'000;

Error refused(std::string why) { return {Errc::invalid, std::move(why), "control.request"}; }

Result<std::optional<std::size_t>> read_size(json::Node request, std::string_view name) {
  const std::optional<json::Node> member = request.member(name);
  if (!member) return std::optional<std::size_t>();
  const std::optional<std::int64_t> number = member->integer();
  if (!number || *number < 1 || *number > kSizeMax)
    return refused(fmt::format("{} is a whole number from 1 to {}", name, kSizeMax));
  return std::optional<std::size_t>(static_cast<std::size_t>(*number));
}

Result<Tuning> read_tuning(json::Node request) {
  Tuning tuning;
  PENSTOCK_TRY(workers, read_size(request, "workers"));
  PENSTOCK_TRY(concurrency, read_size(request, "concurrency"));
  PENSTOCK_TRY(at_once, read_size(request, "at_once"));
  tuning.workers = workers;
  tuning.concurrency = concurrency;
  tuning.at_once = at_once;
  const std::optional<json::Node> rates = request.member("rates");
  if (!rates) return tuning;
  for (const json::Node pair : rates->elements()) {
    const auto name = pair.element(0);
    const auto rate = pair.element(1);
    if (!name || !rate) return refused("rates is a list of [limit, rate]");
    tuning.rates.emplace_back(name->text(), rate->text());
  }
  return tuning;
}

}  // namespace

Result<ControlRequest> parse_control_request(std::string_view line) {
  const Result<json::Document> document =
      json::Document::parse(line, {.depth = 8, .bytes = kControlLineMax});
  if (!document) return refused("not a JSON object: " + document.error().message);
  const json::Node root = document->root();
  const std::optional<json::Node> wish = root.member("do");
  const std::string_view word = wish ? wish->text() : std::string_view();
  if (word == "snapshot") return ControlRequest{.wish = ControlRequest::Wish::snapshot};
  if (word == "drain") return ControlRequest{.wish = ControlRequest::Wish::drain};
  if (word != "tune") return refused("\"do\" is snapshot, tune or drain");
  PENSTOCK_TRY(tuning, read_tuning(root));
  return ControlRequest{ControlRequest::Wish::tune, std::move(tuning)};
}

std::string to_line(const ControlRequest& request) {
  std::string line;
  json::ObjectWriter object(line);
  switch (request.wish) {
    case ControlRequest::Wish::snapshot:
      object.string("do", "snapshot");
      break;
    case ControlRequest::Wish::drain:
      object.string("do", "drain");
      break;
    case ControlRequest::Wish::tune:
      object.string("do", "tune");
      break;
  }
  const Tuning& tuning = request.tuning;
  if (tuning.workers) object.unsigned_integer("workers", *tuning.workers);
  if (tuning.concurrency) object.unsigned_integer("concurrency", *tuning.concurrency);
  if (tuning.at_once) object.unsigned_integer("at_once", *tuning.at_once);
  std::string rates;
  for (const auto& [name, rate] : tuning.rates)
    rates +=
        fmt::format("{}[{},{}]", rates.empty() ? "" : ",", json::quoted(name), json::quoted(rate));
  if (!rates.empty()) object.raw("rates", "[" + rates + "]");
  object.close();
  return line;
}

std::string control_answer(bool ok, std::string_view text) {
  std::string answer;
  json::ObjectWriter(answer).boolean("ok", ok).string("text", text).close();
  return answer;
}

}  // namespace penstock::cli
