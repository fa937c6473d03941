/** What a Python process runs to be asked for a setting: a question in JSON comes in, parameters in JSON go out. Optuna 3 and later. */
export const program = `
import json, sys, warnings
warnings.simplefilter("ignore")

def answer(**what):
    print(json.dumps(what))
    sys.exit(0)

try:
    import optuna
except ImportError:
    answer(problem="this Python has no module optuna")

optuna.logging.set_verbosity(optuna.logging.ERROR)
question = json.load(sys.stdin)
made = getattr(optuna.samplers, question["sampler"], None)
if made is None:
    names = [name for name in dir(optuna.samplers) if name.endswith("Sampler")]
    answer(problem="optuna.samplers has no " + question["sampler"] + ", but " + ", ".join(names))

def suggested(trial):
    chosen = {}
    for one in question["space"]:
        when = one["when"]
        if when is not None and chosen.get(when["key"]) not in when["values"]:
            continue
        key = one["key"]
        if one["kind"] == "choice":
            chosen[key] = trial.suggest_categorical(key, list(range(one["count"])))
        elif one["kind"] == "int":
            chosen[key] = trial.suggest_int(key, one["low"], one["high"], log=one["log"])
        else:
            chosen[key] = trial.suggest_float(key, one["low"], one["high"], log=one["log"])
    return chosen

try:
    sampler = made(seed=question["seed"], **question["options"])
    study = optuna.create_study(sampler=sampler, directions=["minimize"] * question["objectives"])
    for one in question["tried"]:
        study.enqueue_trial(one["parameters"])
        trial = study.ask()
        # Asks the sampler as it was asked then, though the parameters are known: some keep their own state with each trial.
        trial.relative_params
        suggested(trial)
        if one["state"] == "running":
            continue
        if one["state"] == "complete" and one["values"] is not None:
            study.tell(trial, one["values"])
        elif one["state"] == "pruned" and question["objectives"] == 1:
            if one["values"] is not None:
                trial.report(one["values"][0], 1)
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
    answer(parameters=suggested(study.ask()))
except Exception as error:
    answer(problem=question["sampler"] + ": " + type(error).__name__ + ": " + (str(error) or "no reason given").splitlines()[0])
`
