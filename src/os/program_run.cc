// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// States: runs -> [stopping] -> ended (a zombie, its pipes perhaps held by others) -> finished.
//
// Every pipe is unwatched before it is closed: another program that is just being started may hold
// a copy until its own exec, and such a copy keeps a closed descriptor's registration alive.
#include "os/program_run.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "os/system_error.h"

namespace penstock::os {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
// What a pipe may hold at most when its program has ended (fs.pipe-max-size), in reads.
constexpr int kDrainReadsMax = 32;
constexpr int kPatienceMs = 1'000;

StartFailure of_process() { return {.at = StartFailure::At::process, .error_number = errno}; }

// Standard descriptors that are closed here would be given out again, and be overwritten.
Fd above_standard(Fd fd) {
  if (fd.get() > STDERR_FILENO || !fd) return fd;
  return Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

struct Pipe {
  Fd reading;
  Fd writing;
};

// Only our end must never block: programs expect a plain pipe.
std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  Pipe pipe{above_standard(Fd(ends[0])), above_standard(Fd(ends[1]))};
  if (!pipe.reading || !pipe.writing) return std::nullopt;
  if (::fcntl(pipe.reading.get(), F_SETFL, O_NONBLOCK) != 0) return std::nullopt;
  return pipe;
}

// A file in memory that stands at its beginning. It may be large: a pipe would need a loop.
Fd make_input(const std::string& bytes) {
  Fd fd = above_standard(Fd(::memfd_create("penstock-stdin", MFD_CLOEXEC)));
  std::size_t written = 0;
  while (fd && written < bytes.size()) {
    const ssize_t count = ::pwrite(fd.get(), bytes.data() + written, bytes.size() - written,
                                   static_cast<off_t>(written));
    if (count > 0) written += static_cast<std::size_t>(count);
    if (count < 0 && errno != EINTR) return Fd();
  }
  return fd;
}

}  // namespace

Result<Fd> open_nothing() {
  Fd nothing = above_standard(Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  if (!nothing) return system_error("open", "/dev/null");
  return nothing;
}

std::variant<std::unique_ptr<ProgramRun>, StartFailure> ProgramRun::start(
    const ProgramSite& site, const ProgramCommand& command, const ProgramLimits& limits,
    OnDone on_done) {
  std::unique_ptr<ProgramRun> run(new ProgramRun(site, limits, std::move(on_done)));
  if (auto failure = run->begin(command)) return *failure;
  return run;
}

ProgramRun::ProgramRun(const ProgramSite& site, const ProgramLimits& limits, OnDone on_done)
    : site_(site), limits_(limits), on_done_(std::move(on_done)) {}

std::optional<StartFailure> ProgramRun::begin(const ProgramCommand& command) {
  auto output = make_pipe();
  if (!output) return of_process();
  auto errors = make_pipe();
  if (!errors) return of_process();
  const Fd input = command.input ? make_input(*command.input) : Fd();
  if (command.input && !input) return of_process();
  slot_ = site_.guard.take();
  if (slot_ == nullptr) return StartFailure{.error_number = EAGAIN};
  const ProgramStreams streams{.input = input ? input.get() : site_.nothing.get(),
                               .output = output->writing.get(),
                               .errors = errors->writing.get()};
  result_.began = TimePoint::clock::now();
  auto started = site_.launcher.start(command, streams, *slot_);
  if (auto* failure = std::get_if<StartFailure>(&started)) return *failure;
  program_ = std::move(std::get<StartedProgram>(started));
  output_.fd = std::move(output->reading);
  errors_.fd = std::move(errors->reading);
  return watch_all();
}

// Failing, the destructor ends what was started.
std::optional<StartFailure> ProgramRun::watch_all() {
  for (Stream* stream : {&output_, &errors_}) {
    auto watch = site_.loop.watch(stream->fd.get(), EPOLLIN,
                                  [this, stream](std::uint32_t) { on_readable(*stream); });
    if (!watch) return StartFailure{.error_number = EAGAIN};
    stream->watch = *watch;
  }
  auto watch =
      site_.loop.watch(program_.process.get(), EPOLLIN, [this](std::uint32_t) { on_end(); });
  if (!watch) return StartFailure{.error_number = EAGAIN};
  end_watch_ = *watch;
  if (limits_.timeout > std::chrono::nanoseconds(0)) {
    timer_ = site_.loop.at(result_.began + limits_.timeout,
                           [this] { stop(Stopped::timeout, limits_.grace); });
  }
  return std::nullopt;
}

ProgramRun::~ProgramRun() { clear_away(); }

void ProgramRun::take(const Stream& stream, std::string_view bytes) {
  if (&stream == &output_) {
    const auto room = static_cast<std::size_t>(limits_.output_bytes - result_.output.size());
    result_.output.append(bytes.substr(0, room));
    if (bytes.size() <= room) return;
    if (ended_ && result_.stopped == Stopped::no) result_.stopped = Stopped::output;
    stop(Stopped::output, limits_.grace);
    return;
  }
  std::string& tail = result_.errors_tail;
  tail.append(bytes.substr(bytes.size() - std::min(bytes.size(), kErrorsTailBytes)));
  if (tail.size() > kErrorsTailBytes) tail.erase(0, tail.size() - kErrorsTailBytes);
}

ProgramRun::Read ProgramRun::read_some(Stream& stream) {
  std::array<char, kReadBytes> room;
  const ssize_t count = ::read(stream.fd.get(), room.data(), room.size());
  if (count > 0) {
    take(stream, std::string_view(room.data(), static_cast<std::size_t>(count)));
    return Read::more;
  }
  return count < 0 && (errno == EAGAIN || errno == EINTR) ? Read::empty : Read::end;
}

void ProgramRun::on_readable(Stream& stream) {
  if (read_some(stream) != Read::end) return;
  close(stream);
  if (ended_ && is_silent()) finish();
}

void ProgramRun::drain(Stream& stream) {
  for (int i = 0; i < kDrainReadsMax && stream.fd; ++i) {
    const Read read = read_some(stream);
    if (read == Read::empty) return;
    if (read == Read::end) close(stream);
  }
}

// It is not reaped yet: until then nobody else can have its number, so its group can be killed.
void ProgramRun::on_end() {
  site_.loop.unwatch(std::exchange(end_watch_, {}));
  ended_ = true;
  result_.ended = TimePoint::clock::now();
  drain(output_);
  drain(errors_);
  if (is_silent()) return finish();
  // What was asked to stop may have as long as it was promised.
  const TimePoint until = std::max<TimePoint>(result_.ended + kDrain, kill_at_);
  site_.loop.cancel(timer_);
  timer_ = site_.loop.at(until, [this] { finish(); });
}

void ProgramRun::stop(Stopped why, std::chrono::nanoseconds grace) {
  if (ended_ || result_.stopped != Stopped::no) return;
  result_.stopped = why;
  site_.loop.cancel(timer_);
  signal_group(program_.pid, SIGTERM);
  signal_group(program_.pid, SIGCONT);  // Whoever is stopped reads no other signal.
  kill_at_ = TimePoint::clock::now() + grace;
  timer_ = site_.loop.at(kill_at_, [this] { kill_group(); });
}

void ProgramRun::kill_group() {
  kill_at_ = {};
  signal_group(program_.pid, SIGKILL);
}

void ProgramRun::close(Stream& stream) {
  site_.loop.unwatch(std::exchange(stream.watch, {}));
  stream.fd.reset();
}

void ProgramRun::finish() {
  kill_group();
  if (const auto end = reap_program(program_.process)) result_.end = *end;
  program_.process.reset();
  clear_away();
  const OnDone on_done = std::move(on_done_);
  on_done(std::move(result_));
}

void ProgramRun::clear_away() {
  site_.loop.cancel(std::exchange(timer_, {}));
  site_.loop.unwatch(std::exchange(end_watch_, {}));
  close(output_);
  close(errors_);
  if (program_.process) {
    kill_group();
    (void)wait_for_end(program_.process, kPatienceMs);
    (void)reap_program(program_.process);
    program_.process.reset();
  }
  if (slot_ != nullptr) site_.guard.release(std::exchange(slot_, nullptr));
}

}  // namespace penstock::os
