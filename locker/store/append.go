package store

import (
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"cubby/locker/appendjson"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/visit"
)

// Circumstances are what every fact of one command shares.
type Circumstances struct {
	At    time.Time // wall time, written in UTC
	Mono  int64     // nanoseconds since the machine's boot
	Actor string    // "bearer", "courier:ID", "key:NAME", "hardware", "clock"
	Visit string    // empty when nobody was here
	Cause string    // what the command was: "scan", "put", "door"
}

// Append writes facts to the log in their order.
func (tx *Tx) Append(facts []ledger.Fact, c Circumstances) {
	for _, f := range facts {
		if tx.err != nil {
			return
		}
		tx.append(f, c)
	}
}

func (tx *Tx) append(f ledger.Fact, c Circumstances) {
	private := ""
	if d, ok := f.(ledger.PrivatePart); ok {
		b, err := json.Marshal(d.Private())
		tx.fail(err)
		private = string(b)
	}
	id, err := uuid.NewV7()
	tx.fail(err)
	tx.head++
	ce, err := tx.s.envelope(f, c, id.String(), tx.head)
	tx.fail(err)
	published := f.Published()
	tx.last = chain(tx.last, ce, private, c.Mono)
	tx.exec(tx.s.statements.event, tx.head, published, string(ce), private, c.Mono, tx.last[:])
	tx.incarnate()
	if published {
		tx.published = tx.head
	}
	tx.codesOf(f)
}

// codesOf keeps the clear code of a deposit until all consumers have it, and erases
// it when its parcel is gone.
func (tx *Tx) codesOf(f ledger.Fact) {
	switch f := f.(type) {
	case *parcel.ParcelStored:
		if f.Clear != nil {
			tx.putCode(f.ParcelID, *f.Clear)
		}
	case *parcel.ParcelShelved:
		if f.Clear != nil {
			tx.putCode(f.ParcelID, *f.Clear)
		}
	case *parcel.ParcelRemoved:
		tx.codes -= tx.exec(tx.s.statements.dropCodes, f.ParcelID)
	case *parcel.CodeReissued: // the one before is good for nothing: nobody need pass it on
		tx.dropCodes(f.ParcelID)
		if f.Clear != nil {
			tx.putCode(f.ParcelID, *f.Clear)
		}
	case *parcel.Delegated:
		tx.dropDelegate(f.ParcelID)
		if f.Told && f.Clear != nil { // else whoever has asked for it has it already
			tx.putCode(ofDelegate+f.ParcelID, *f.Clear)
		}
	case *parcel.DelegationEnded:
		tx.dropDelegate(f.ParcelID)
	case *parcel.ParcelRenamed:
		tx.moveCodes(f.Was, f.ParcelID)
		tx.moveCodes(ofDelegate+f.Was, ofDelegate+f.ParcelID)
	case *parcel.CodeRevoked:
		tx.dropCodes(f.ParcelID)
	case *parcel.ParcelCollected:
		tx.dropCodes(f.ParcelID)
	case *parcel.DepositFailure:
		tx.dropCodes(f.ParcelID)
	case *parcel.ParcelExpired:
		tx.dropCodes(f.ParcelID)
	case *parcel.ParcelHandedOver:
		tx.dropCodes(f.ParcelID)
	case *parcel.ParcelWrittenOff:
		tx.dropCodes(f.ParcelID)
	}
}

// ofDelegate goes before the id of a parcel where the code of its delegate is kept. It is
// no part of an id of a parcel.
const ofDelegate = "delegate/"

func (tx *Tx) dropCodes(id string) {
	tx.codes -= tx.exec(tx.s.statements.dropCodes, id)
	tx.dropDelegate(id)
}

func (tx *Tx) dropDelegate(id string) { tx.codes -= tx.exec(tx.s.statements.dropCodes, ofDelegate+id) }

func (tx *Tx) putCode(id string, clear visit.Secret) {
	sealed := tx.s.sealer.Seal(id, strings.TrimSpace(clear.Code+" "+clear.PIN+" "+clear.Rotating))
	tx.codes += tx.exec(tx.s.statements.putCode, tx.head, id, sealed)
}

// moveCodes has the clear code that waits go on with its parcel under another id.
func (tx *Tx) moveCodes(was, id string) {
	row, err := tx.s.conn.once("SELECT sealed FROM codes WHERE parcel=?", was)
	if tx.fail(err); err != nil || row == nil {
		return
	}
	sealed, _ := row[0].([]byte)
	clear, err := tx.s.sealer.Unseal(was, sealed)
	if tx.fail(err); err != nil {
		return
	}
	_, err = tx.s.conn.once("UPDATE codes SET parcel=?, sealed=? WHERE parcel=?", id,
		tx.s.sealer.Seal(id, clear), was)
	tx.fail(err)
}

// delivered erases the clear codes that all consumers have acknowledged. Without a
// consumer the codes wait for one.
func (tx *Tx) delivered() {
	tx.codes -= tx.exec(tx.s.statements.dropDelivered)
}

// chain is the hash of an event: SHA-256 over the hash before it, the event,
// its private part and its monotonic time, with zero bytes between.
func chain(before [32]byte, ce []byte, private string, mono int64) [32]byte {
	b := make([]byte, 0, len(before)+len(ce)+len(private)+24)
	b = append(b, before[:]...)
	b = append(b, ce...)
	b = append(b, 0)
	b = append(b, private...)
	b = append(b, 0)
	b = strconv.AppendInt(b, mono, 10)
	return sha256.Sum256(b)
}

// timeLayout is RFC 3339 with milliseconds, always UTC.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// envelope writes an event as CloudEvents 1.0 JSON. "data" comes last, so that
// a code can be joined in without parsing (see joinCode).
func (s *Store) envelope(f ledger.Fact, c Circumstances, id string, seq int64) ([]byte, error) {
	b := make([]byte, 0, 640)
	b = append(b, `{"specversion":"1.0","id":"`...)
	b = append(b, id...)
	b = append(b, `","source":"/stations/`...)
	b = append(b, s.station...)
	b = append(b, `","type":"`...)
	b = append(b, f.Type()...)
	b = append(b, `","subject":`...)
	b = appendjson.String(b, f.Subject())
	b = append(b, `,"time":"`...)
	b = c.At.UTC().AppendFormat(b, timeLayout)
	b = append(b, `","datacontenttype":"application/json","sequence":"`...)
	digits := strconv.FormatInt(seq, 10)
	b = append(b, "00000000000000000000"[len(digits):]...)
	b = append(b, digits...)
	b = append(b, `","epoch":"`...)
	b = append(b, s.epoch...)
	b = append(b, `","actor":`...)
	b = appendjson.String(b, c.Actor)
	if c.Visit != "" {
		b = append(b, `,"visit":`...)
		b = appendjson.String(b, c.Visit)
	}
	b = append(b, `,"cause":`...)
	b = appendjson.String(b, c.Cause)
	b = append(b, `,"data":`...)
	b, err := appendFact(b, f)
	return append(b, '}'), err
}

// appendFact writes a fact's public data, by hand where the fact knows how.
func appendFact(b []byte, f ledger.Fact) ([]byte, error) {
	if f, ok := f.(interface{ AppendJSON([]byte) []byte }); ok {
		return f.AppendJSON(b), nil
	}
	data, err := json.Marshal(f)
	return append(b, data...), err
}
