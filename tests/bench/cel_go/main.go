// The rules benchmark's peer: the same rules and events in cel-go, the public implementation of the language.
// Run by script/bench-rules with the file that `rules_bench --write` makes: compares every answer, then prints
// the CPU nanoseconds of one event. Measures evaluation only: events are turned into cel-go's own values first.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"
)

const measuredSeconds = 0.5

type world struct {
	Attributes []string         `json:"attributes"` // their types; the names are a0, a1 ...
	Rules      []string         `json:"rules"`
	Events     []map[string]any `json:"events"`
	Fired      []string         `json:"fired"` // of each event, one 0 or 1 a rule
}

var typesByName = map[string]*cel.Type{
	"int": cel.IntType, "double": cel.DoubleType, "string": cel.StringType, "bool": cel.BoolType,
}

func read(path string) (world, error) {
	var read world
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	return read, err
}

func compile(w world) ([]cel.Program, error) {
	var variables []cel.EnvOption
	for i, name := range w.Attributes {
		variables = append(variables, cel.Variable(fmt.Sprintf("a%d", i), typesByName[name]))
	}
	env, err := cel.NewEnv(variables...)
	if err != nil {
		return nil, err
	}
	var programs []cel.Program
	for _, rule := range w.Rules {
		ast, issues := env.Compile(rule)
		if issues.Err() != nil {
			return nil, issues.Err()
		}
		program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
		if err != nil {
			return nil, err
		}
		programs = append(programs, program)
	}
	return programs, nil
}

// activations holds each event's attributes as cel-go's own values, so that nothing is converted while time
// is taken.
func activations(w world) ([]interpreter.Activation, error) {
	var all []interpreter.Activation
	for _, event := range w.Events {
		values := map[string]any{}
		for i, name := range w.Attributes {
			key := fmt.Sprintf("a%d", i)
			value, ok := event[key]
			if !ok {
				continue
			}
			switch name {
			case "int":
				values[key] = types.Int(value.(float64))
			case "double":
				values[key] = types.Double(value.(float64))
			case "string":
				values[key] = types.String(value.(string))
			default:
				values[key] = types.Bool(value.(bool))
			}
		}
		activation, err := interpreter.NewActivation(values)
		if err != nil {
			return nil, err
		}
		all = append(all, activation)
	}
	return all, nil
}

// judge fills in which rules fire; one that fails does not.
func judge(programs []cel.Program, event interpreter.Activation, fired []bool) {
	for i, program := range programs {
		answer, _, err := program.Eval(event)
		fired[i] = err == nil && answer == types.True
	}
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	of := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)*1e-6 }
	return of(usage.Utime) + of(usage.Stime)
}

func run(path string) error {
	w, err := read(path)
	if err != nil {
		return err
	}
	before := cpuSeconds()
	programs, err := compile(w)
	if err != nil {
		return err
	}
	loading := cpuSeconds() - before
	events, err := activations(w)
	if err != nil {
		return err
	}
	fired := make([]bool, len(programs))
	for e, event := range events {
		judge(programs, event, fired)
		for i, one := range fired {
			if one != (w.Fired[e][i] == '1') {
				return fmt.Errorf("event %d, rule %d (%s): cel-go says %v", e, i, w.Rules[i], one)
			}
		}
	}
	judged := 0
	start := cpuSeconds()
	taken := 0.0
	for taken < measuredSeconds {
		for _, event := range events {
			judge(programs, event, fired)
		}
		judged += len(events)
		taken = cpuSeconds() - start
	}
	fmt.Printf("# cel-go agrees on %d events with %d rules, loaded in %.1f ms\n", len(events), len(programs), loading*1e3)
	fmt.Printf("cel-go: %.1f\n", taken*1e9/float64(judged))
	return nil
}

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: cel_go FILE, as written by rules_bench --write")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "cel_go:", err)
		os.Exit(1)
	}
}
