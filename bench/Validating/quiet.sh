#!/usr/bin/env bash
# The quiet measurements of issue 20. Nothing else may run. From the checkout's root; everything is built before (dotnet build -c Release).
# usage: quiet.sh OUT [short|shares|edge|sizes|quickstart|all]
set -euo pipefail
out=$1; what=${2:-all}
mkdir -p "$out"
exec > >(tee -a "$out/quiet.log") 2>&1
fs=Search.Client/bin/Release/net10.0/fasterseg
service=Profiler.Service/bin/Release/net10.0/fasterseg-profiler
validating=bench/Validating/bin/Release/net10.0/fasterseg-validating
export XDG_DATA_HOME=$out/data
brief="--set measuring:sessions=1 --set measuring:minimumSamples=15 --set measuring:relativeHalfWidth=0.1"
wants() { [[ $what == all || $what == "$1" ]]; }
date -u; uptime

# 1. Operators below 50 us: run by run, and several at a time, in turns (bench/Repeatability). 3 minutes.
if wants short; then
  taskset -c 0 bench/Repeatability/bin/Release/net10.0/FasterSeg.Bench.Repeatability short | tee "$out/short.csv"
fi

# 2. What operators alone take that a network does not (docs/decisions/0031). 10 minutes.
if wants shares; then
  for size in "128 256" "256 512" "512 1024"; do
    read -r height width <<< "$size"
    taskset -c 0 $validating shares --config configs/quickstart.json --set space:height=$height --set space:width=$width \
      --networks 8 --rounds 5 | tee "$out/shares-${height}x$width.csv"
  done
fi

# Until the profiler answers.
listening() { until (exec 3<> /dev/tcp/127.0.0.1/5399) 2> /dev/null; do kill -0 "$pid"; sleep 0.2; done; }

# A profiler, a table with its networks, its validation. NAME HEIGHT WIDTH NETWORKS PASSES CONFIG SECONDS
validate() {
  name=$1; height=$2; width=$3; networks=$4; passes=$5; config=$6; seconds=$7
  taskset -c 0 $service --listen 127.0.0.1:5399 --page off --store "$out/store-$name" > "$out/service-$name.log" 2>&1 &
  pid=$!; trap 'kill $pid 2>/dev/null || true' EXIT
  listening
  size="--set space:height=$height --set space:width=$width --set measuring:threads=1"
  time $fs profile --config "$config" $size --profiler http://127.0.0.1:5399 --out "$out/$name.json" --overwrite
  time $fs lut validate --lut "$out/$name.json" --networks "$networks" --fitting 24 --passes "$passes" \
    --profiler http://127.0.0.1:5399 $brief --set measuring:maximumSeconds="$seconds" --plot "$out/$name.png" --overwrite
  kill $pid; wait $pid || true; trap - EXIT
}

# 3. 128x256, Fch 4, 100 networks that took no part; the same at 256x512 and 512x1024.
if wants edge; then validate edge 128 256 100 8 configs/quickstart.json 0.2; fi
if wants sizes; then
  validate mid 256 512 100 2 configs/quickstart.json 0.5
  validate large 512 1024 100 2 configs/quickstart.json 0.6
fi

# 4. Ten quickstarts: the estimates of 20 networks beside their measurements, which are then repeated four times in turns. 40 minutes.
if wants quickstart; then
  for seed in $(seq 1 10); do
    { time $fs quickstart --out "$out/run$seed" --set seed="$seed"; } 2>&1 | tee "$out/run$seed.log" | grep -E "error|real|networks " || true
  done
  $service --listen 127.0.0.1:5399 --page off --store "$out/store-again" > "$out/service-again.log" 2>&1 &
  pid=$!; trap 'kill $pid 2>/dev/null || true' EXIT
  listening
  for pass in 1 2 3 4; do
    for seed in $(seq 1 10); do
      for role in teacher student; do
        echo -n "$seed,$role,$pass,"
        $fs measure --onnx "$out/run$seed/$role.onnx" --threads 1 --profiler http://127.0.0.1:5399 | grep median || true
      done
    done
  done | tee "$out/again.csv"
  kill $pid; wait $pid || true; trap - EXIT
fi
date -u
