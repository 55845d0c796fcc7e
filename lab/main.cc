// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// penstock-lab: options in, server up, counts out. Only here and in request_log.cc is printed.
#include "help.h"
#include "options.h"
#include "server.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace penstock;
using namespace penstock::lab;

enum Exit { kServed = 0, kCannotServe = 1, kUsage = 2 };

/// Whole or not at all: written beside, then renamed over.
Status write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return ok();
  const auto beside = path + ".new";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  std::error_code failure;
  if (file) std::filesystem::rename(beside, path, failure);
  if (file && !failure) return ok();
  return Error{Errc::system, "write " + path + ": failed", "lab.write"};
}

Status follow_parent() {
  const auto parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() == parent) return ok();  // Else it ended before the kernel was asked.
  return Error{Errc::system, "the parent process has ended", "lab.parent"};
}

Status serve(const LabOptions& options) {
  if (options.lifetime == Lifetime::until_parent_ends) PENSTOCK_CHECK(follow_parent());
  raise_open_files();
  PENSTOCK_TRY(log, RequestLog::open(options.output.log_file));
  PENSTOCK_TRY(site, open_site(options.site));
  const auto pages = site.index.pages();
  Responder responder(std::move(site), options.responder, std::move(log));
  PENSTOCK_TRY(server, open_server(options.listen, options.threads, responder));
  const auto port = std::to_string(server->port());
  PENSTOCK_CHECK(write_file(options.output.port_file, port + "\n"));
  std::printf("penstock-lab: ready on http://%s:%s, %zu pages indexed\n",
              options.listen.hosts.front().c_str(), port.c_str(), pages);
  std::fflush(stdout);
  server->run();
  return write_file(options.output.stats_file, responder.stats_json());
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const auto invocation = parse_options(arguments);
  if (!invocation) {
    std::fprintf(stderr, "penstock-lab: %s\n", invocation.error().message.c_str());
    return kUsage;
  }
  if (invocation->action == Action::show_help) return std::fputs(help_text().c_str(), stdout) < 0;
  if (invocation->action == Action::show_version)
    return std::puts("penstock-lab " PENSTOCK_VERSION) < 0;
  const auto served = serve(invocation->options);
  if (served) return kServed;
  std::fprintf(stderr, "penstock-lab: %s\n", served.error().message.c_str());
  return kCannotServe;
}
