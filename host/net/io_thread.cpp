#include "net/io_thread.hpp"

#include <pthread.h>

#include "base/log.hpp"
#include "net/time_slice.hpp"

namespace plughost::net {

IoThread::IoThread(std::uint8_t index, SharedContext& shared)
    : reactor_(Pistache::Aio::Reactor::create()),
      transport_(std::make_shared<Transport>(index, shared)) {
  reactor_->init(Pistache::Aio::SyncContext());
  reactor_->addHandler(transport_);
}

IoThread::~IoThread() { stop(); }

void IoThread::start() {
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "plughost-io");
    ask_for_short_time_slices();
    try {
      reactor_->run();
    } catch (const std::exception& failure) {
      // Our own bug or a kernel out of resources: the process must not go on without this thread.
      log::error(std::string("an I/O thread failed: ") + failure.what());
      log::flush();
      std::terminate();
    }
  });
}

void IoThread::stop() {
  if (!thread_.joinable()) return;
  reactor_->shutdown();
  thread_.join();
}

}  // namespace plughost::net
