// Package customers is the room of what a station keeps of the people who collect, where
// the operator allows it and the person has asked for it: a language, a channel, wishes,
// and what they have consented to.
//
// A person is found by a contact: an e-mail address or a telephone number, kept as a hash
// under the station's key. What says something of the person lies in a row of its own
// (Person) that is in no fact and can be erased; a fact has the random id, and to what
// somebody has consented when.
package customers
