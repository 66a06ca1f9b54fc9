#!/bin/bash
# Makes the files beside it with the programs of an earlier commit; README.md says of which.
# usage: make.sh CHECKOUT FOLDER    CHECKOUT is built in Release, FOLDER is new
set -euo pipefail
client() { dotnet exec "$checkout/Search.Client/bin/Release/net10.0/fasterseg.dll" "$@"; }
checkout=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
mkdir "$2" && cd "$2"
export TMPDIR=$PWD XDG_DATA_HOME=$PWD
cp "$here/earlier.json" .

# A service of its own, with a finished table and later a job that ended halfway.
dotnet exec "$checkout/Profiler.Service/bin/Release/net10.0/fasterseg-profiler.dll" --listen 127.0.0.1:0 --store store > service.log &
service=$!
until grep -q "and measures on" service.log; do sleep 0.1; done
url=$(grep -o 'http://[0-9.:]*' service.log | head -1)

# Its interruption comes in one of the many epochs after the first.
client search --config earlier.json --data synthetic --profiler "$url" --out finished
dotnet exec "$checkout/Search.Client/bin/Release/net10.0/fasterseg.dll" search --config earlier.json --set searching:epochs=500 \
    --data synthetic --lut finished/table.json --out interrupted > search.log &
search=$!
until grep -q "epoch 1: derived student" search.log; do sleep 0.1; done
kill -TERM $search
wait $search || [ $? = 130 ]

# Weights of 0 take no room when they are packed; the student's are real ones.
zero=(--set training:learningRate=1 --set training:weightDecay=1 --set training:momentum=0 --set training:gradientClip=1e-30)
client train --run finished --role teacher --data synthetic "${zero[@]}"
client train --run finished --role student --data synthetic
client eval --run finished --role student --data synthetic --measure --profiler "$url"

client profile --config earlier.json --budget 0.4 --profiler "$url" --out predicted.json
client lut validate --lut finished/table.json --config earlier.json --networks 4 --fitting 10 --profiler "$url" \
    --out validation.json --corrected corrected.json

client profile --config earlier.json --set space:fch=4 --set measuring:sessions=2 --set measuring:maximumSeconds=0.1 \
    --profiler "$url" --out half.json > profile.log &
profile=$!
until [ "$(grep -o 'profile  [0-9]*' profile.log | tail -1 | grep -o '[0-9]*')" -gt 60 ] 2> /dev/null; do sleep 0.1; done
kill -KILL $service
kill -TERM $profile
wait || true

# Pictures and TensorBoard's files are read by no command; the finished run's checkpoint of the search is like the other one's.
rm -rf {finished,interrupted}/{tensorboard,*.png,run.lock} finished/search.checkpoint
for part in finished interrupted store "tables predicted.json corrected.json validation.json"; do
    set -- $part
    name=$1
    [ $# = 1 ] || shift
    python3 - "$here/$name.zip" "$@" << 'END'
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
    for path in sys.argv[2:]:
        for folder, _, files in os.walk(path) if os.path.isdir(path) else [(os.path.dirname(path), [], [os.path.basename(path)])]:
            for file in sorted(files):
                packed.write(os.path.join(folder, file))
END
done
ls -l "$here"
