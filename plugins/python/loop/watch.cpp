// Calls that wait: the loop is told when their clients leave, read again or say something.
#include "loop/call.hpp"
#include "loop/event_loop.hpp"

namespace plughost::python::loop {

void EventLoop::watch_waiting() {
  if (batch_api_ != nullptr) batch_api_->end(host_);
  std::vector<PyRef> fresh;
  fresh.swap(fresh_);
  for (const PyRef& object : fresh) {
    CallObject& call = call_of(object);
    if (!call.state->over && !call.state->watched) watch(call);
  }
  if (fresh_.empty()) {
    fresh.clear();
    fresh_.swap(fresh);  // its memory
  }
}

void EventLoop::linger(CallObject& call) {
  call.state->lingers_at = lingering_.size();
  lingering_.push_back(&call);
}

void EventLoop::leave(CallObject& call) {
  const std::size_t at = call.state->lingers_at;
  if (at >= lingering_.size() || lingering_[at] != &call) return;
  lingering_[at] = lingering_.back();
  lingering_[at]->state->lingers_at = at;
  lingering_.pop_back();
}

void EventLoop::watch_socket(CallObject& call) {
  watched_[call.state->job.token] = &call;
  call.state->watched = true;
}

void EventLoop::watch(CallObject& call) {
  const ph_req token = call.state->job.token;
  watched_[token] = &call;
  call.state->watched = true;
  const ph_status status =
      host_->http->on_cancel(host_, token, notify_inbox(inbox_, News::Kind::cancelled));
  if (cancelling_) return cancel_now(call);
  if (status == PH_E_CANCELLED) cancel(call);
}

}  // namespace plughost::python::loop
