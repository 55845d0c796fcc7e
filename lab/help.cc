// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Written from the tables that parse, so that nothing can be missing or out of date.
#include "help.h"

#include "behaviour.h"
#include "options.h"
#include "routes.h"

#include <algorithm>

namespace penstock::lab {
namespace {

constexpr std::size_t kColumn = 28;
constexpr std::size_t kLineMax = 96;

constexpr std::string_view kIntro =
    R"(penstock-lab - a loopback HTTP server that searches, limits, fails and counts

Usage: penstock-lab [OPTION...]

It serves tests, benchmarks and demonstrations: pages of a folder and a search over them, limits
as services have them, and misbehaviour on request, reproducible by a seed. It counts every
request, so that a client's claims (in flight, per second, never twice) can be checked from the
other side. SIGTERM or SIGINT ends it.
)";

constexpr std::string_view kBehaviourIntro = R"(
Behaviours
  Parameters of any request ('/ok?delay=200ms&fail=10%'), or options for all requests
  (--delay 200ms, '-' for '_'), or options for some (--on '/files?fail=2%'). The query wins.
)";

constexpr std::string_view kExamples = R"(
Examples
  penstock-lab --listen 127.0.0.1-127.0.0.8:8080 --folder /usr/share/doc/cmake-data/html \
      --spread 8 --limit '/search?rate=10/s' --limit '/files?concurrency=2&key=host' \
      --on '/files?fail=2%&delay=50ms'
  curl '127.0.0.1:8080/search?q=install+target&count=5'
  curl -i '127.0.0.1:8080/ok?fail_first=2&fail_kinds=503&retry_after=1'
  curl 127.0.0.1:8080/stats
  curl -X POST 127.0.0.1:8080/stats/reset

Exit status: 0 after a signal, 1 if it cannot serve, 2 for a wrong command line.
)";

void append_line(std::string& out, std::string name, std::string_view help) {
  std::string line = "  " + std::move(name);
  line.append(line.size() + 2 <= kColumn ? kColumn - line.size() : 2, ' ');
  while (line.size() + help.size() > kLineMax) {
    const auto cut = help.rfind(' ', kLineMax - line.size());
    if (cut == std::string_view::npos || cut == 0) break;
    out.append(line).append(help.substr(0, cut)).append("\n");
    help.remove_prefix(cut + 1);
    line.assign(kColumn, ' ');
  }
  out.append(line).append(help).append("\n");
}

void append_options(std::string& out) {
  for (const auto& option : option_lines()) {
    if (!option.group.empty()) out.append("\n").append(option.group).append("\n");
    std::string name = "--" + std::string(option.name);
    if (!option.value.empty()) name.append(" ").append(option.value);
    append_line(out, std::move(name), option.help);
  }
}

void append_behaviours(std::string& out) {
  for (const auto& knob : knobs()) {
    std::string name(knob.name);
    if (!knob.value.empty()) name.append("=").append(knob.value);
    append_line(out, std::move(name), knob.help);
  }
}

}  // namespace

std::string help_text() {
  std::string text(kIntro);
  append_options(text);
  text.append(kBehaviourIntro);
  append_behaviours(text);
  text.append("\nRoutes\n").append(route_list());
  return text.append(kExamples);
}

}  // namespace penstock::lab
