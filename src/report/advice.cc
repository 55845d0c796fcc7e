// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One table; the entry with the longest matching beginning wins, so a family's line serves every
// kind that has none of its own.
#include "report/advice.h"

#include <array>

namespace penstock::report {
namespace {

struct Entry {
  std::string_view beginning;
  std::string_view advice;
};

constexpr std::array kEntries{
    Entry{"", "look at `penstock errors RUN --items` and `penstock results RUN --key KEY`"},
    Entry{"http.", "the service refused; look at one of them with `penstock errors RUN --items`"},
    Entry{"http.400", "the request is malformed for this item; see `penstock run JOB --dry-run`"},
    Entry{"http.401", "credentials are missing or wrong: set them, then `penstock retry RUN`"},
    Entry{"http.403", "access is forbidden: check the key, set user_agent, or leave these out"},
    Entry{"http.404", "these addresses do not exist (any more); nothing to retry"},
    Entry{"http.410", "these addresses are gone for good; nothing to retry"},
    Entry{"http.408", "the service timed out; later: `penstock retry RUN --kind http.408`"},
    Entry{"http.425", "the service was not ready; later: `penstock retry RUN --kind http.425`"},
    Entry{"http.413", "the request is too large for the service; send less per item"},
    Entry{"http.429", "the service wants fewer calls: lower [limit], then `penstock retry RUN`"},
    Entry{"http.5", "the service failed; later: `penstock retry RUN --kind http`"},
    Entry{"http.protocol", "what answers there does not speak HTTP; check the port"},
    Entry{"http.transfer", "the transfer broke; `penstock retry RUN --kind http.transfer`"},
    Entry{"http.client", "libcurl cannot be started; please report it"},
    Entry{"quota", "renew the quota or balance; the same command then goes on"},
    Entry{"connect.", "no connection; check host, port and network, then `penstock retry RUN`"},
    Entry{"connect.descriptors", "too many connections; lower --concurrency or raise `ulimit -n`"},
    Entry{"dns.", "the name does not resolve; check it, then `penstock retry RUN --kind dns`"},
    Entry{"tls.", "TLS failed; set ca_file if the service has an authority of its own"},
    Entry{"proxy.", "the proxy refused; check `proxy` and its credentials"},
    Entry{"address.", "an inner address out of a response; list it in `allow` if it is yours"},
    Entry{"redirect.", "the service redirects without end or to a forbidden place"},
    Entry{"timeout.", "it took too long; raise the step's timeout, or lower its rate"},
    Entry{"reset", "the connection was cut; `penstock retry RUN --kind reset`"},
    Entry{"body.", "the answer was cut or unreadable; `penstock retry RUN --kind body`"},
    Entry{"body.too_large", "the answer is larger than body_max, as file too; raise it"},
    Entry{"body.expansion", "a compressed answer of monstrous size; most likely an attack"},
    Entry{"header.", "headers that HTTP cannot carry; check the step's `headers`, or the service"},
    Entry{"json.", "the answer is not the JSON that `as` or `each` expects"},
    Entry{"each.", "`each` does not point to a list in this answer; look at one"},
    Entry{"next.", "`next` does not lead on as it should; look at one answer, or raise pages_max"},
    Entry{"text.", "the answer cannot be read as text; set `accept`, or as = \"bytes\""},
    Entry{"robots.", "the site asks robots to stay away; respect it, or ask its owner"},
    Entry{"skipped.", "left out on purpose; nothing to do"},
    Entry{"url.", "no address that can be called; fix it in the input"},
    Entry{"input.", "the input row cannot be used; fix it and run again"},
    Entry{"item.", "the item lacks what the step needs; fix the input, or give a default"},
    Entry{"file.", "a file that the job names is not as it should be; see the message"},
    Entry{"output.", "an output cannot be written as it stands; see the message"},
    Entry{"disk.", "make room on the disk; the same command then goes on"},
    Entry{"crash", "the item ends its worker; see it with `penstock errors RUN --items`"},
    Entry{"worker.", "the item blocks its worker; raise [workers] hang if it only computes long"},
    Entry{"worker.start", "no worker can be started; most often memory or a limit of processes"},
    Entry{"zygote.", "no worker can be started any more; run the same command again"},
    Entry{"step.", "the step itself failed on this item; see the message, and the item"},
    Entry{"job.", "the job file does not say what can be run; see the message"},
    Entry{"run.", "no such run; `penstock list` shows all in a folder"},
    Entry{"lock.", "another process works on this run; wait for it, or stop it"},
    Entry{"limit.", "lower --workers or --concurrency, or raise `ulimit -Hn`"},
    Entry{"ledger.", "the record of the run cannot be used; see the message"},
    Entry{"circuit", "the host failed too often in a row; later: `penstock retry RUN`"},
    Entry{"exec.", "run one by hand, as `penstock run JOB --dry-run` shows it"},
    Entry{"exec.exit", "the program failed; run one by hand, as `--dry-run` shows it"},
    Entry{"exec.tempfail", "it asks for later: `penstock retry RUN --kind exec.tempfail`"},
    Entry{"exec.signal", "the program crashed; look at the item, and at the program"},
    Entry{"exec.killed", "most often memory ran out; lower concurrency, then `penstock retry RUN`"},
    Entry{"exec.timeout", "raise the step's timeout, then `penstock retry RUN --kind exec`"},
    Entry{"exec.output_too_large", "raise output_max, or let the program write to a file"},
    Entry{"exec.not_found", "install the program, or write its path; then `penstock retry RUN`"},
    Entry{"exec.not_executable", "the file cannot be run; chmod +x, and `#!/bin/sh` in its head"},
    Entry{"exec.too_long", "an argument is too long for the system; give it by stdin"},
    Entry{"exec.folder", "the folder of `cwd` is not there; make it, then `penstock retry RUN`"},
    Entry{"exec.start", "no process or memory was left; lower concurrency"},
    Entry{"exec.descriptors", "too many programs; lower --concurrency or raise `ulimit -Hn`"},
    Entry{"noop.", "the noop step was told to fail; nothing to do"},
    Entry{"cancelled", "the run was stopping; run the same command again"},
};

}  // namespace

std::string_view advice(std::string_view kind) noexcept {
  const Entry* best = &kEntries[0];
  for (const Entry& entry : kEntries)
    if (kind.starts_with(entry.beginning) && entry.beginning.size() > best->beginning.size())
      best = &entry;
  return best->advice;
}

}  // namespace penstock::report
