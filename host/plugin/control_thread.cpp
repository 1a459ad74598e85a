#include "plugin/control_thread.hpp"

#include <pthread.h>

#include <utility>

namespace plughost::plugin {

ControlThread::ControlThread(const std::string& plugin_name) : thread_([this] { loop(); }) {
  const auto name = ("ctl:" + plugin_name).substr(0, 15);  // the kernel's limit
  pthread_setname_np(thread_.native_handle(), name.c_str());
}

ControlThread::~ControlThread() {
  {
    std::lock_guard lock(mutex_);
    quit_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ControlThread::post(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    job_ = std::move(job);
  }
  changed_.notify_all();
}

bool ControlThread::is_idle() const {
  std::lock_guard lock(mutex_);
  return !job_;
}

bool ControlThread::wait_idle(Clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return !job_; });
}

bool ControlThread::run(std::function<void()> job, Clock::time_point deadline) {
  post(std::move(job));
  return wait_idle(deadline);
}

void ControlThread::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return quit_ || job_; });
    if (quit_) return;
    lock.unlock();
    job_();  // post() does not touch it while it is set
    lock.lock();
    job_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace plughost::plugin
