// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The HTTP step as a worker runs it: template, request, verdict and output of every item.
#include <functional>

#include "http/measure.h"
#include "steps/http_step.h"
#include "steps/worker_fake.h"

int main(int argc, char** argv) {
  using namespace penstock;
  const bench::Load load = bench::read_load(argc, argv);
  const bench::Measurement measurement;
  steps::HttpOptions options;
  options.ask.url =
      *placeholders::Template::parse(load.url + "?item={line}", placeholders::Place::url);
  const auto step = steps::make_http_step(std::move(options));
  steps::WorkerFake worker;
  const auto runner = step->make_runner(worker);
  std::size_t started = 0;
  std::size_t done = 0;
  std::uint64_t bytes = 0;
  const auto start = [&] {
    Call call;
    call.id = CallId{++started};
    CallItem item;
    item.item = ItemId::of(StepIndex{0}, started);
    item.value = "{\"line\":\"" + std::to_string(started) + "\"}";
    call.items.push_back(std::move(item));
    runner->start(std::move(call));
  };
  for (std::size_t i = 0; i < load.connections; ++i) start();
  while (done < load.requests) {
    worker.loop().run_once(TimePoint::clock::now() + std::chrono::seconds(1));
    for (const FinishedCall& finished : std::exchange(worker.finished, {})) {
      const ItemVerdict& verdict = finished.verdicts.at(0);
      if (verdict.outcome != Outcome::done) std::exit(1);
      const std::size_t number = verdict.output.rfind(':') + 1;
      bytes += std::strtoull(verdict.output.c_str() + number, nullptr, 10);
      ++done;
      if (started < load.requests) start();
    }
  }
  measurement.report("step", load, bytes);
}
