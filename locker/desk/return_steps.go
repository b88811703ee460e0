package desk

import (
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
)

func picksWith(do func(*visit.Turn, string) error) visit.Act {
	return visit.Act{Name: view.ActPick, With: do}
}

func operatesWith(do func(*visit.Turn, string) error) visit.Act {
	return visit.Act{Name: view.ActOp, With: do}
}

// returnPages are the pages of the staff for returns. On those that ask about something
// that is under way a scan has to wait.
func returnPages() {
	for name, row := range map[view.Step]visit.Step{
		view.StepStaffReturns: {Acts: []visit.Act{picksWith(pickReturns)}, Scan: scanReturn, Draws: showReturns},
		view.StepStaffReturnFind: {
			Acts: []visit.Act{types(findReturn), operatesWith(operateFound)}, Scan: scanReturn,
			Draws: func(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
				out.Staff.Ops = unverifiedOps(s, v, env)
			},
		},
		view.StepStaffReturnFound: {
			Acts: []visit.Act{picksWith(pickFound), operatesWith(operateFound)}, Scan: scanReturn, Draws: showFoundPage,
		},
		view.StepStaffReturnOrder: {Acts: []visit.Act{picksWith(pickLine)}, Scan: scanLine, Draws: showOrder},
		view.StepStaffReturnLine:  {Acts: []visit.Act{operatesWith(operateLine)}, Scan: scanReturn, Draws: showLine},
		view.StepStaffReturnQuantity: {
			Acts: []visit.Act{picksWith(pickUnits)}, Scan: scanGrade, Draws: showUnits,
		},
		view.StepStaffReturnReason: {
			Acts: []visit.Act{picksWith(pickReturnReason)}, Scan: scanServe, Draws: showReturnReasons,
		},
		view.StepStaffReturnGrade: {Acts: []visit.Act{picksWith(pickGrade)}, Scan: scanGrade, Draws: showGrades},
		view.StepStaffReturnNote:  {Acts: []visit.Act{types(typedNote)}, Scan: scanServe, Draws: showServe},
		view.StepStaffReturnPhoto: {Acts: photoActs, Scan: scanServe, Draws: showPhoto},
		view.StepStaffReturnDecide: {
			Acts: []visit.Act{picksWith(pickChoice), operatesWith(operateChoice)}, Scan: scanServe, Draws: showChoices,
		},
		view.StepStaffReturnDispose: {
			Acts: []visit.Act{picksWith(pickDisposition)}, Scan: scanServe, Draws: showDispositions,
		},
		view.StepStaffReturnNew:   {Acts: []visit.Act{types(typedNew)}, Scan: scanNew, Draws: showServe},
		view.StepStaffReturnPrice: {Acts: []visit.Act{types(typedPrice)}, Scan: scanServe, Draws: showPrice},
		view.StepStaffReturnPay: {
			Acts: []visit.Act{{Name: view.ActYes, Do: paidAtTill}}, Scan: scanServe, Draws: showPay,
		},
		view.StepStaffReturnCase: {
			Acts: []visit.Act{picksWith(pickOfCase), operatesWith(operateCase)}, Scan: scanReturn, Draws: showCase,
		},
		view.StepStaffReturnCases: {Acts: []visit.Act{picksWith(pickCase)}, Scan: scanReturn, Draws: showCases},
		view.StepStaffReturnRound: {
			Acts: []visit.Act{picksWith(pickRound), operatesWith(operateRound)}, Scan: scanReturn,
			Draws: showRound,
		},
		view.StepStaffReturnTotes: {
			Acts: []visit.Act{picksWith(pickTote), operatesWith(operateTotes)}, Scan: scanTotes, Draws: showTotes,
		},
		view.StepStaffReturnTote: {
			Acts: []visit.Act{picksWith(pickFromTote), operatesWith(operateTote)}, Scan: scanTote, Draws: showTote,
		},
		view.StepStaffReturnMoney: {
			Acts: []visit.Act{picksWith(pickMoney), operatesWith(operateMoney)}, Scan: scanReturn, Draws: showMoney,
		},
		view.StepStaffReturnFigures: {Scan: scanReturn, Draws: showFigures},
	} {
		steps[name] = page(row)
	}
}
