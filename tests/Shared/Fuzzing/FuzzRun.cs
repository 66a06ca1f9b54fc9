using System.Diagnostics;
using System.Globalization;

namespace FasterSeg.Fuzzing;

/// <summary>
/// Runs a target over many inputs. A few thousand are part of every test run; FASTERSEG_FUZZ=N makes them N for each target, and
/// FASTERSEG_FUZZ_SEED decides which (1).
/// </summary>
internal static class FuzzRun
{
    // No part of a test: only against an input that hangs its reader.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>How many inputs a target gets.</summary>
    /// <param name="usual">Without the variable.</param>
    /// <param name="slower">How many times fewer a slow target gets than the variable says.</param>
    public static int Count(int usual, int slower = 1) =>
        int.TryParse(Environment.GetEnvironmentVariable("FASTERSEG_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? count / slower
            : usual;

    /// <summary>Decides the inputs.</summary>
    public static int Seed =>
        int.TryParse(
            Environment.GetEnvironmentVariable("FASTERSEG_FUZZ_SEED"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int seed
        )
            ? seed
            : 1;

    /// <summary>The random numbers of one input; the same for the same seed and index, whatever came before.</summary>
    public static Random RandomOf(int index) => new(HashCode32(Seed, index));

    /// <summary>Gives a target its inputs. Fails with the input where it throws, hangs, or allocates more than it may.</summary>
    /// <param name="target">Its name, for the report.</param>
    /// <param name="count">How many inputs.</param>
    /// <param name="make">Makes an input.</param>
    /// <param name="test">Gives it to the target; its answer names the outcome, for the report.</param>
    /// <param name="mostBytes">What the target may allocate for an input of so many bytes.</param>
    public static void Over(string target, int count, Func<Random, byte[]> make, Func<byte[], string> test, Func<int, long> mostBytes)
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        byte[] input = [];
        int index = 0;
        Exception? failure = null;
        long start = Stopwatch.GetTimestamp(),
            begun = start;
        var thread = new Thread(Work) { IsBackground = true, Name = target };
        thread.Start();
        while (!thread.Join(1000))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref begun)) > Longest)
                Assert.Fail(Describe(target, index, input, "hangs"));
        }
        if (failure is not null)
            throw failure;
        Report(target, count, outcomes, Stopwatch.GetElapsedTime(start));

        void Work()
        {
            try
            {
                for (index = 0; index < count; index++)
                {
                    input = make(RandomOf(index));
                    Volatile.Write(ref begun, Stopwatch.GetTimestamp());
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    string outcome = test(input);
                    long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    if (allocated > mostBytes(input.Length))
                        throw new InvalidOperationException($"it allocated {allocated} bytes");
                    outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                }
            }
            catch (Exception fault)
            {
                // It belongs to the thread that waits.
                failure = new InvalidOperationException(Describe(target, index, input, $"{fault.GetType().Name}: {fault.Message}"), fault);
            }
        }
    }

    /// <summary>Tells what came of a run.</summary>
    public static void Report(string target, int count, IEnumerable<KeyValuePair<string, int>> outcomes, TimeSpan elapsed) =>
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{target}: {count} inputs, seed {Seed}, {elapsed.TotalSeconds:0.0} s: "
                    + $"{string.Join(", ", outcomes.Select(pair => $"{pair.Key} {pair.Value}"))}"
            )
        );

    /// <summary>An input in words, so that it can become a test.</summary>
    public static string Describe(string target, int index, byte[] input, string what)
    {
        const int Most = 4000;
        string text = Convert.ToBase64String(input);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{target}, seed {Seed}, input {index}: {what}. The {input.Length} bytes: {(text.Length <= Most ? text : text[..Most] + "...")}"
        );
    }

    // .NET's own mixing differs from run to run.
    private static int HashCode32(int seed, int index) => unchecked((int)((((uint)seed * 0x9E3779B9u) ^ (uint)index) * 0x85EBCA6Bu));
}
