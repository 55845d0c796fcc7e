// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A table of options; behaviours are options too, by their own table.
#include "options.h"

#include <algorithm>
#include <array>
#include <optional>

namespace penstock::lab {
namespace {

using Text = std::string_view;

/// What is known so far. The address waits for --any-address, which may come after it, and the
/// options --limit-* are parts of one limit.
struct Draft {
  Invocation invocation;
  std::string listen = "127.0.0.1:0";
  Reach reach = Reach::loopback;
  std::optional<LimitRule> limit;  // Of the options --limit-*.
};

struct Option {
  OptionLine line;
  Status (*set)(Draft&, Text value);
};

template <typename T, typename Place>
Status store(Place& place, Result<T> parsed) {
  if (!parsed) return std::move(parsed.error());
  place = static_cast<Place>(*parsed);
  return ok();
}

Status store_text(std::string& place, Text text) {
  if (text.empty()) return not_a("file or folder", text);
  place = text;
  return ok();
}

Status set_limit_part(Draft& draft, Text name, Text value) {
  if (!draft.limit) draft.limit.emplace();
  return set_limit(*draft.limit, name, value);
}

Status set_threads(Draft& draft, Text value) {
  PENSTOCK_TRY(threads, parse_whole(value));
  if (threads < 1 || threads > 64) return not_a("number of threads between 1 and 64", value);
  draft.invocation.options.threads = static_cast<unsigned>(threads);
  return ok();
}

/// Tried on a plain behaviour at once, so that a bad value ends the start and no request.
Status add_behaviours(Draft& draft, std::string path, std::vector<Param> params) {
  for (const auto& param : params) {
    if (!find_knob(param.name)) return not_a("behaviour", param.name);
  }
  const auto checked = with_params({}, params);
  if (!checked) return checked.error();
  draft.invocation.options.responder.behaviours.push_back({std::move(path), std::move(params)});
  return ok();
}

Status add_on(Draft& draft, Text value) {
  auto target = parse_target(value);
  if (target.path.empty() || target.path.front() != '/' || target.params.empty()) {
    return not_a("path with behaviours (/files?fail=2%)", value);
  }
  return add_behaviours(draft, std::move(target.path), std::move(target.params));
}

Status add_limit(Draft& draft, Text value) {
  PENSTOCK_TRY(rule, parse_limit(value));
  draft.invocation.options.responder.limits.push_back(std::move(rule));
  return ok();
}

Status set_quota(Draft& draft, Text value) {
  PENSTOCK_TRY(quota, parse_whole(value));
  draft.invocation.options.responder.quota = quota;
  return ok();
}

LabOptions& of(Draft& draft) { return draft.invocation.options; }

// clang-format off
constexpr std::array kOptions{
    Option{{"Serving", "listen", "ADDRESS", "where: 127.0.0.1:8080, 127.0.0.1-127.0.0.8:8080 for "
            "eight hosts, [::1]:8080; port 0 is a free one (127.0.0.1:0)"},
           [](Draft& d, Text v) { d.listen = v; return ok(); }},
    Option{{"", "any-address", "", "allow addresses that are not loopback"},
           [](Draft& d, Text) { d.reach = Reach::any; return ok(); }},
    Option{{"", "port-file", "FILE", "write the port there once clients may connect"},
           [](Draft& d, Text v) { return store_text(of(d).output.port_file, v); }},
    Option{{"", "threads", "N", "threads that serve (1)"}, set_threads},
    Option{{"", "parent-death", "", "end when the parent process ends"},
           [](Draft& d, Text) { of(d).lifetime = Lifetime::until_parent_ends; return ok(); }},
    Option{{"Content", "folder", "DIR", "serve it at /files/ and search its pages at /search"},
           [](Draft& d, Text v) { return store_text(of(d).site.folder, v); }},
    Option{{"", "index-files", "N", "pages indexed at most (10000)"},
           [](Draft& d, Text v) { return store(of(d).site.index_files, parse_whole(v)); }},
    Option{{"", "spread", "N", "spread search results over the hosts 127.0.0.1 to 127.0.0.N"},
           [](Draft& d, Text v) { return store(of(d).site.spread, parse_whole(v)); }},
    Option{{"", "robots", "FILE", "serve it as /robots.txt"},
           [](Draft& d, Text v) { return store_text(of(d).site.robots_file, v); }},
    Option{{"Counting", "stats-file", "FILE", "write the counts there at the end"},
           [](Draft& d, Text v) { return store_text(of(d).output.stats_file, v); }},
    Option{{"", "log", "FILE", "append one JSON line a request"},
           [](Draft& d, Text v) { return store_text(of(d).output.log_file, v); }},
    Option{{"", "early-grace", "DURATION", "how long after a Retry-After requests still count as "
            "on their way (100ms)"},
           [](Draft& d, Text v) { return store(of(d).responder.early_grace, parse_duration(v)); }},
    Option{{"Limits", "limit-rate", "RATE", "50/s, 600/min: above it 429"},
           [](Draft& d, Text v) { return set_limit_part(d, "rate", v); }},
    Option{{"", "limit-window", "DURATION", "the sliding window the rate is counted in (1s)"},
           [](Draft& d, Text v) { return set_limit_part(d, "window", v); }},
    Option{{"", "limit-concurrency", "N", "requests in flight; above it 429"},
           [](Draft& d, Text v) { return set_limit_part(d, "concurrency", v); }},
    Option{{"", "limit-key", "KEY", "what has a limit of its own: global, host, path, ip, "
            "header:NAME (global)"},
           [](Draft& d, Text v) { return set_limit_part(d, "key", v); }},
    Option{{"", "limit-path", "PATH", "limit only paths that begin so (/)"},
           [](Draft& d, Text v) { return set_limit_part(d, "path", v); }},
    Option{{"", "limit-retry", "FORM", "say when to come back: seconds, date, ms, none (seconds)"},
           [](Draft& d, Text v) { return set_limit_part(d, "retry", v); }},
    Option{{"", "limit-announce", "LIST", "state the limit in headers: x, ietf, openai"},
           [](Draft& d, Text v) { return set_limit_part(d, "announce", v); }},
    Option{{"", "limit", "SPEC", "one more limit, as often as wanted: "
            "'/search?rate=10/s&key=host&concurrency=2'"}, add_limit},
    Option{{"", "quota", "N", "requests until 429 with insufficient_quota"}, set_quota},
    Option{{"Misbehaving", "seed", "N", "what chance begins with (1)"},
           [](Draft& d, Text v) { return store(of(d).responder.seed, parse_whole(v)); }},
    Option{{"", "on", "SPEC", "behaviours for paths that begin so, as often as wanted: "
            "'/files?fail=2%&delay=30ms'"}, add_on},
    Option{{"Other", "help", "", "show this and leave"},
           [](Draft& d, Text) { d.invocation.action = Action::show_help; return ok(); }},
    Option{{"", "version", "", "show the version and leave"},
           [](Draft& d, Text) { d.invocation.action = Action::show_version; return ok(); }},
};
// clang-format on

std::string knob_name(Text option) {
  std::string name(option);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// What an argument "--name" is, and whether a value follows it.
struct Meaning {
  const Option* option = nullptr;
  const Knob* knob = nullptr;

  [[nodiscard]] bool is_known() const { return option || knob; }
  [[nodiscard]] bool takes_value() const {
    return option ? !option->line.value.empty() : !knob->value.empty();
  }
};

Meaning meaning_of(Text name) {
  const auto option = std::find_if(kOptions.begin(), kOptions.end(),
                                   [&](const Option& o) { return o.line.name == name; });
  if (option != kOptions.end()) return {&*option, nullptr};
  return {nullptr, find_knob(knob_name(name))};
}

Status apply(Draft& draft, const Meaning& meaning, Text value) {
  if (meaning.option) return meaning.option->set(draft, value);
  Behaviour scratch;
  PENSTOCK_CHECK(meaning.knob->set(scratch, value));
  return add_behaviours(draft, "/", {{std::string(meaning.knob->name), std::string(value)}});
}

Error bad_option(Text argument, Text why) {
  std::string message(argument);
  return Error{Errc::invalid, message.append(": ").append(why), "lab.option"};
}

Result<Invocation> completed(Draft draft) {
  auto& options = of(draft);
  PENSTOCK_TRY(listen, parse_listen(draft.listen, draft.reach));
  options.listen = std::move(listen);
  if (draft.limit) {
    if (draft.limit->rate_per_s == 0 && draft.limit->concurrency == 0) {
      return bad_option("--limit-*", "needs --limit-rate or --limit-concurrency");
    }
    options.responder.limits.insert(options.responder.limits.begin(), *draft.limit);
  }
  return std::move(draft.invocation);
}

}  // namespace

std::vector<OptionLine> option_lines() {
  std::vector<OptionLine> lines;
  for (const auto& option : kOptions) lines.push_back(option.line);
  return lines;
}

Result<Invocation> parse_options(std::span<const std::string_view> arguments) {
  Draft draft;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto argument = arguments[i];
    const auto equals = std::min(argument.find('='), argument.size());
    const auto written = argument.substr(0, equals);
    const bool is_option = written.size() > 2 && written.substr(0, 2) == "--";
    const auto meaning = is_option ? meaning_of(written.substr(2)) : Meaning{};
    if (!meaning.is_known()) return bad_option(written, "unknown option, see --help");
    const bool joined = equals < argument.size();
    Text value = joined ? argument.substr(equals + 1) : Text();
    if (meaning.takes_value() && !joined) {
      if (++i == arguments.size()) return bad_option(written, "a value is missing");
      value = arguments[i];
    }
    if (meaning.option && !meaning.takes_value() && joined) {
      return bad_option(written, "takes no value");
    }
    if (auto set = apply(draft, meaning, value); !set) {
      return bad_option(written, set.error().message);
    }
    if (draft.invocation.action != Action::serve) return std::move(draft.invocation);
  }
  return completed(std::move(draft));
}

}  // namespace penstock::lab
