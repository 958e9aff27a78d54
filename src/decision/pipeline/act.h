// An act of a person on its way from the outbox to the journal, and what became of it. Made by edge/relay
// from rows of the outbox, taken by Pipeline::journal_acts. Holds its own bytes, because it passes from the
// service thread to the engine thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/strong.h"
#include "core/time.h"
#include "payment/attribute.h"
#include "policy/bundle.h"

namespace tillwatch::pipeline {

struct ActSubmission {
  std::string epoch;  // of the database
  std::int64_t number = 0;
  std::string kind;
  std::string actor;
  std::string subject;
  std::string digest;   // in hexadecimal
  core::TimeMs at = 0;  // wall time of the act
  std::string entry;    // canonical bytes of the entry that the engine shall step; "" for none
  // Of a policy swap: the policy that its entry names, kept beside the journal before the entry is written.
  // nullptr where the journal has it already.
  std::shared_ptr<const policy::Bundle> bundle = nullptr;
};

struct ActAnswer {
  enum class Kind : std::uint8_t {
    journalled,    // durable, under `sequence`
    seen,          // was journalled before
    out_of_order,  // not the next of this journal's database: nothing was done, nor with those behind it
    unready,       // there is no room at present: nothing was done, try again
    undurable,     // the journal failed
  };
  Kind kind = Kind::undurable;
  std::int64_t number = 0;
  core::Sequence sequence;
  std::string refusal;  // journalled, but as an act that says why its entry was not made
};

// Whether the attribute tells of the act that an entry came from.
constexpr bool is_of_act(payment::AttributeId id) {
  return id >= payment::AttributeId::act_epoch && id <= payment::AttributeId::act_refusal;
}

}  // namespace tillwatch::pipeline
