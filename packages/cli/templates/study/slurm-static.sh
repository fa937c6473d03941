#!/bin/bash
# The study __name__ as a SLURM array without any database: task I trains trial I. When all have ended:
# npx etude study gather __study__
#SBATCH --job-name=__name__
#SBATCH --array=0-__last__
#SBATCH --cpus-per-task=__threads__
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A-%a.log

cd __directory__ || exit 2
npx etude study trial __study__ --index "$SLURM_ARRAY_TASK_ID" &
trial=$!
# Two minutes before the time limit SLURM signals this shell. The trial saves what it has reached.
trap 'kill -TERM $trial' TERM
wait $trial
code=$?
# A wait that the signal ended has not seen the trial's own code.
while kill -0 $trial 2>/dev/null; do
  wait $trial
  code=$?
done
# 75: saved. This task goes back into SLURM's queue, and continues where it was.
if [ $code -eq 75 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit $code
