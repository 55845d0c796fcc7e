// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The program with the pages job in small, for the fault tests: terms, searches, pages of a lab
// server, one output of every kind; or the same from a pipe. And what it gives undisturbed.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "job_process.h"
#include "os/temp_folder.h"

namespace penstock::fault {

/// Content of every output, in an order of its own.
using Outputs = std::map<std::string, std::vector<std::string>>;

class PagesProgramTest : public ::testing::Test {
 protected:
  enum class Input { file, pipe };
  enum class Pace { full, slow };      ///< Slow: so that progress is shown meanwhile.
  enum class Answers { shared, own };  ///< Those of their own are kept by the outputs alone.
  enum class Workers { processes, none };

  PagesProgramTest();
  ~PagesProgramTest() override;

  /// The job's folder, anew: what stands there is all that is disturbed.
  std::filesystem::path fresh_folder();

  static void make_output_folders(const std::filesystem::path& folder);
  std::string job_text(Pace pace) const;
  void write_job(const std::filesystem::path& folder, Pace pace) const;

  /// `penstock run` there.
  Ended run(const std::filesystem::path& folder, std::vector<std::string> settings = {},
            std::vector<std::string> more = {}) const;

  Outputs outputs_in(const std::filesystem::path& folder) const;

  /// Why the job cannot be resumed there as if nothing had happened; empty if it can.
  std::string resumed(const std::filesystem::path& folder) const;

  /// Make `whole_` and `changes_`.
  void run_undisturbed();

  Input input_ = Input::file;
  Answers answers_ = Answers::shared;
  Workers workers_ = Workers::processes;
  os::TempFolder temp_ = std::move(*os::TempFolder::create(fast_folder()));
  Outputs whole_;
  std::uint64_t changes_ = 0;

 private:
  void start_lab();

  pid_t lab_ = 0;
  std::string port_;
};

/// The names of the outputs that differ.
std::string difference(const Outputs& wanted, const Outputs& found);

}  // namespace penstock::fault
