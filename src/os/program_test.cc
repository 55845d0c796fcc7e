// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "os/temp_folder.h"

namespace penstock::os {
namespace {

constexpr int kPatienceMs = 10'000;

class ProgramTest : public testing::Test {
 protected:
  ProgramStart start(const ProgramCommand& command) {
    const ProgramStreams streams{nothing_.get(), nothing_.get(), nothing_.get()};
    return launcher_.start(command, streams, *slot_);
  }
  ProgramStart sh(std::string script) {
    return start({.path = "/bin/sh", .arguments = {"sh", "-c", std::move(script)}});
  }
  ProgramEnd end_of(const ProgramCommand& command) {
    const ProgramStart started = start(command);
    const auto* program = std::get_if<StartedProgram>(&started);
    if (program == nullptr) return {.how = {.known = false}};
    EXPECT_TRUE(wait_for_end(program->process, kPatienceMs));
    return reap_program(program->process).value_or(ProgramEnd{.how = {.known = false}});
  }
  ProgramEnd end_of(std::string script) {
    return end_of(ProgramCommand{.path = "/bin/sh", .arguments = {"sh", "-c", std::move(script)}});
  }
  StartFailure failure(const ProgramCommand& command) {
    const ProgramStart started = start(command);
    const auto* failed = std::get_if<StartFailure>(&started);
    EXPECT_NE(failed, nullptr);
    EXPECT_EQ(slot_->load(), 0) << "there is no group of a program that did not start";
    return failed != nullptr ? *failed : StartFailure{};
  }

  std::unique_ptr<GroupGuard> guard_ = std::move(*GroupGuard::start());
  GroupGuard::Slot* slot_ = guard_->take();
  Fd nothing_ = Fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  Launcher launcher_;
};

TEST_F(ProgramTest, TellsHowItEndedAndWhatItTook) {
  EXPECT_EQ(end_of("exit 7").how.status, 7);
  EXPECT_EQ(end_of("kill -SEGV $$").how.signal, SIGSEGV);
  const ProgramEnd busy = end_of("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
  EXPECT_GT(busy.use.cpu.count(), 0);
  EXPECT_GT(busy.use.memory_bytes, 100'000U);
}

TEST_F(ProgramTest, SaysWhyItDidNotStart) {
  const auto missing = failure({.path = "/no/such/program", .arguments = {"x"}});
  EXPECT_EQ(missing.at, StartFailure::At::program);
  EXPECT_EQ(missing.error_number, ENOENT);
  EXPECT_EQ(failure({.path = "/etc/passwd", .arguments = {"x"}}).error_number, EACCES);
  const auto folder =
      failure({.path = "/bin/true", .arguments = {"true"}, .folder = "/no/such/folder"});
  EXPECT_EQ(folder.at, StartFailure::At::folder);
  EXPECT_EQ(folder.error_number, ENOENT);
  EXPECT_EQ(
      failure({.path = "/bin/true", .arguments = {"true", std::string(131'072, 'x')}}).error_number,
      E2BIG);
  EXPECT_EQ(
      end_of({.path = "/bin/true", .arguments = {"true", std::string(131'071, 'x')}}).how.status,
      0);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), 0) << "only the guard is a child, and it lives";
}

TEST_F(ProgramTest, HasAGroupOfItsOwnThatIsNoted) {
  const ProgramStart started = sh("sleep 60 & sleep 60");
  const auto& program = std::get<StartedProgram>(started);
  EXPECT_EQ(slot_->load(), program.pid);
  EXPECT_EQ(::getpgid(program.pid), program.pid);
  EXPECT_FALSE(reap_program(program.process));
  signal_group(program.pid, SIGKILL);
  EXPECT_TRUE(wait_for_end(program.process, kPatienceMs));
  EXPECT_EQ(reap_program(program.process)->how.signal, SIGKILL);
}

// Ignored and blocked signals would survive exec.
TEST_F(ProgramTest, StartsWithDefaultSignals) {
  const auto before = ::signal(SIGTERM, SIG_IGN);
  sigset_t hup;
  sigset_t mask;
  ::sigemptyset(&hup);
  ::sigaddset(&hup, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &hup, &mask);
  launcher_ = Launcher();
  // Not by a shell, which unblocks signals itself.
  for (const char* line : {"SigBlk:\\s0*", "SigIgn:\\s0*"})
    EXPECT_EQ(end_of({.path = "/bin/grep", .arguments = {"grep", "-qx", line, "/proc/self/status"}})
                  .how.status,
              0)
        << line;
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, &mask, &after);
  EXPECT_EQ(::sigismember(&after, SIGHUP), 1) << "our own mask is as it was";
  EXPECT_EQ(::sigismember(&after, SIGUSR1), 0);
  EXPECT_EQ(::signal(SIGTERM, before), SIG_IGN) << "and so are our dispositions";
}

TEST_F(ProgramTest, HasTheLimitsThatWeWereBornWith) {
  rlimit born{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &born), 0);
  const rlimit ours{.rlim_cur = born.rlim_cur - 1, .rlim_max = born.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &ours), 0);
  launcher_ = Launcher();
  const std::string test = "[ $(ulimit -Sn) = " + std::to_string(born.rlim_cur) + " ]";
  EXPECT_EQ(end_of(test).how.status, 0);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &born), 0);
}

TEST_F(ProgramTest, ArgumentsArriveByteForByte) {
  std::string bytes;
  for (int byte = 1; byte < 256; ++byte) bytes += static_cast<char>(byte);
  const auto folder = TempFolder::create(std::filesystem::temp_directory_path());
  ASSERT_TRUE(folder);
  const std::string written = folder->path() / "written";
  std::ofstream(written) << bytes;
  const std::string script = "[ $# = 3 ] && [ -z \"$1\" ] && printf %s \"$2\" | cmp - \"$3\"";
  EXPECT_EQ(end_of({.path = "/bin/sh", .arguments = {"sh", "-c", script, "sh", "", bytes, written}})
                .how.status,
            0);
}

TEST_F(ProgramTest, HasThreeDescriptorsAndNoOther) {
  const Fd leaked(::open("/dev/null", O_RDONLY));  // As a library might: without O_CLOEXEC.
  // 3 is the folder that ls itself reads.
  EXPECT_EQ(end_of("[ \"$(ls /proc/self/fd | tr '\\n' ' ')\" = '0 1 2 3 ' ]").how.status, 0);
}

TEST_F(ProgramTest, GetsVariablesOnTopOfOurs) {
  ::setenv("PENSTOCK_KEPT", "kept", 1);
  ::setenv("PENSTOCK_CHANGED", "before", 1);
  const std::string script =
      R"sh([ "$PENSTOCK_KEPT,$PENSTOCK_CHANGED,$PENSTOCK_NEW" = 'kept,after,a=b
c' ] && [ "$(env | grep -c ^PENSTOCK_CHANGED=)" = 1 ])sh";
  EXPECT_EQ(end_of({.path = "/bin/sh",
                    .arguments = {"sh", "-c", script},
                    .variables = {{"PENSTOCK_CHANGED", "after"}, {"PENSTOCK_NEW", "a=b\nc"}}})
                .how.status,
            0);
}

TEST_F(ProgramTest, RunsInItsFolder) {
  EXPECT_EQ(
      end_of({.path = "/bin/sh", .arguments = {"sh", "-c", "[ $PWD = /usr ]"}, .folder = "/usr"})
          .how.status,
      0);
}

TEST_F(ProgramTest, DiesWithTheProcessThatStartedIt) {
  std::array<int, 2> life{};
  ASSERT_EQ(::pipe2(life.data(), O_CLOEXEC), 0);
  const auto parent = fork_child();
  if (*parent == 0) {
    Launcher launcher;
    GroupGuard::Slot slot{0};  // No guard here: PDEATHSIG alone must do.
    const auto started = launcher.start({.path = "/bin/sleep", .arguments = {"sleep", "60"}},
                                        {nothing_.get(), life[1], nothing_.get()}, slot);
    ::_exit(std::holds_alternative<StartedProgram>(started) ? 0 : 1);
  }
  ::close(life[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(*parent, &status, 0), *parent);
  EXPECT_EQ(status, 0);
  pollfd ended{.fd = life[0], .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&ended, 1, kPatienceMs), 1) << "its output is still open: it lives on";
  ::close(life[0]);
}

TEST(FindProgram, LooksInAbsoluteFoldersOnly) {
  const auto folder = TempFolder::create(std::filesystem::temp_directory_path());
  ASSERT_TRUE(folder);
  const std::string path = folder->path() / "tool";
  std::ofstream(path) << "#!/bin/sh\n";
  EXPECT_FALSE(find_program("tool", folder->path().string())) << "not executable";
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  EXPECT_EQ(find_program("tool", "/nowhere:" + folder->path().string()), path);
  EXPECT_EQ(find_program("./tool", "/bin"), "./tool");
  EXPECT_FALSE(find_program("tool", ":.:relative:"));
  EXPECT_FALSE(find_program("tool", ""));
}

}  // namespace
}  // namespace penstock::os
