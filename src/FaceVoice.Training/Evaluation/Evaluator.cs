using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Metrics;
using FaceVoice.Training.Statistics;

namespace FaceVoice.Training.Evaluation;

/// <summary>
/// Evaluates joint embeddings by the field's protocols: U and G, both directions, verification, 1:N matching, retrieval. Thread-safe.
/// </summary>
public sealed class Evaluator(EvaluationOptions options)
{
    private const int Bins = 40;
    private static readonly int[] CandidateCounts = [2, 10];

    /// <summary>Evaluates one model on people that nothing was chosen on.</summary>
    /// <param name="modelId">The model's id.</param>
    /// <param name="data">What the people are, in words.</param>
    /// <param name="test">Samples with joint embeddings as features.</param>
    /// <param name="validation">People for calibration, thresholds and score normalisation; null for none.</param>
    /// <remarks>A sample with a value that is not finite is left out and named among the report's limits, on either list.</remarks>
    /// <exception cref="InvalidDataException">There are fewer than two people, or fewer than two whose embeddings are finite.</exception>
    public EvaluationReport Evaluate(string modelId, string data, FeatureSet test, FeatureSet? validation)
    {
        ArgumentNullException.ThrowIfNull(test);
        var (usable, broken) = WithoutBroken(test);
        var set = new JointSet(Limit(usable));
        if (set.Features.CountIdentities() < 2)
        {
            throw new InvalidDataException($"An evaluation needs at least two identities; there {(set.Features.CountIdentities() == 1 ? "is 1" : "are 0")}.{(broken.Count > 0 ? $" {LeftOut(broken, "")}." : "")}");
        }

        var (calibration, brokenToo) = validation is null ? (null, []) : WithoutBroken(validation);
        var cohort = calibration is { Samples.Length: > 1 } && calibration.CountIdentities() > 1 ? new JointSet(Limit(calibration)) : null;
        var similarity = Similarity(set, cohort);
        var uncontrolled = TrialSet.All(set, similarity, TrialProtocol.Uncontrolled, options.Seed);
        var gendered = OfKnownGender(set);
        var byGender = gendered is null || gendered == set ? similarity : Similarity(gendered, cohort);
        return new()
        {
            ModelId = modelId,
            Data = data,
            Identities = set.Features.CountIdentities(),
            Samples = set.Count,
            Limits = Limits(set, gendered, broken, brokenToo),
            Uncontrolled = Protocol(set, similarity, TrialProtocol.Uncontrolled, uncontrolled),
            GenderControlled = gendered is null
                ? null
                : Protocol(
                    gendered,
                    byGender,
                    TrialProtocol.GenderControlled,
                    TrialSet.All(gendered, byGender, TrialProtocol.GenderControlled, options.Seed).WithPeopleBalanced(gendered)),
            GenderAssociation = gendered is null ? null : GenderAssociation(gendered, byGender),
            ShuffledAuc = Shuffled(set, similarity),
            FacesByVoices = new MultiSampleCurve(options.Seed).Measure(set),
            Calibration = cohort is null ? null : Calibrate(cohort, set, uncontrolled),
            Scores = Distribution(uncontrolled),
            Map = Map(set),
        };
    }

    /// <summary>
    /// The samples that <see cref="Evaluate"/> takes of a set: finite ones, and at most <see cref="EvaluationOptions.MaxSamples"/>.
    /// </summary>
    /// <param name="set">Samples with joint embeddings as features.</param>
    public FeatureSet Admit(FeatureSet set) => Limit(WithoutBroken(set).Usable);

    /// <summary>Cosines, or scores normalised by the cohort where that is asked for.</summary>
    private float[] Similarity(JointSet set, JointSet? cohort)
    {
        var similarity = EmbeddingStatistics.Similarity(set.Faces, set.Voices, set.Dimension);
        if (!options.ScoreNormalization)
        {
            return similarity;
        }

        if (cohort is null)
        {
            throw new InvalidDataException("Score normalisation needs validation people as its cohort; there are none.");
        }

        var norm = new AdaptiveSNorm();
        var faces = Measure(norm, EmbeddingStatistics.Similarity(set.Faces, cohort.Voices, set.Dimension), cohort.Count);
        var voices = Measure(norm, EmbeddingStatistics.Similarity(set.Voices, cohort.Faces, set.Dimension), cohort.Count);
        for (var i = 0; i < similarity.Length; i++)
        {
            similarity[i] = (float)AdaptiveSNorm.Normalize(similarity[i], faces[i / set.Count], voices[i % set.Count]);
        }

        return similarity;
    }

    private static CohortStatistics[] Measure(AdaptiveSNorm norm, float[] scores, int cohort) =>
        [.. scores.Chunk(cohort).Select(row => norm.Measure(row))];

    private ProtocolResult Protocol(JointSet set, float[] similarity, TrialProtocol protocol, TrialSet trials)
    {
        var transposed = new float[similarity.Length];
        for (var i = 0; i < similarity.Length; i++)
        {
            transposed[(i % set.Count * set.Count) + (i / set.Count)] = similarity[i];
        }

        return new()
        {
            Verification = Verify(set, trials, protocol),
            FaceToVoice = Direction(set, similarity, protocol),
            VoiceToFace = Direction(set, transposed, protocol),
        };
    }

    private VerificationResult Verify(JointSet set, TrialSet trials, TrialProtocol protocol)
    {
        var curve = trials.Curve();
        var intervals = new IdentityBootstrap(options.BootstrapReplicates, seed: options.Seed).OfWeightedTrials(
            trials.Scores,
            trials.Weights,
            trials.FirstIdentities,
            trials.SecondIdentities,
            c => c.AreaUnderCurve,
            c => EqualErrorRate.From(c).Rate);
        return new()
        {
            Auc = intervals[0],
            EqualErrorRate = intervals[1],
            NormalisedDetectionCost = DetectionCost.From(curve).Normalised,
            Matches = trials.Matches,
            Others = trials.Others,
            Curve = Thin(curve),
            BestPossibleAuc = Best(set, trials, protocol == TrialProtocol.GenderControlled),
            BestUncontrolledScoreAuc = Best(set, trials, genderKnownEqual: false),
        };
    }

    /// <summary>The people whose gender is known: all, or those who remain; null where they are not of two genders.</summary>
    private static JointSet? OfKnownGender(JointSet set)
    {
        if (set.KnowsGenders)
        {
            return set;
        }

        var keep = Enumerable.Range(0, set.Count).Where(i => set.Genders[i] >= 0).ToArray();
        return keep.Select(i => set.Genders[i]).Distinct().Count() > 1 ? new JointSet(set.Features.Select(keep)) : null;
    }

    /// <summary>The area between couples of one gender and couples of two; its interval is over people.</summary>
    private BootstrapInterval GenderAssociation(JointSet set, float[] similarity)
    {
        var (scores, couples) = (new float[set.Count * set.Count], new bool[set.Count * set.Count]);
        var (faces, voices) = (new int[scores.Length], new int[scores.Length]);
        for (var i = 0; i < scores.Length; i++)
        {
            (faces[i], voices[i]) = (set.Identities[i / set.Count], set.Identities[i % set.Count]);
            (scores[i], couples[i]) = (similarity[i], set.Genders[i / set.Count] == set.Genders[i % set.Count]);
        }

        return new IdentityBootstrap(options.BootstrapReplicates, seed: options.Seed).OfLabelledTrials(scores, couples, faces, voices, c => c.AreaUnderCurve)[0];
    }

    private static double? Best(JointSet set, TrialSet trials, bool genderKnownEqual)
    {
        if (set.Features.Oracle is not { } oracle)
        {
            return null;
        }

        var samples = set.Features.Samples;
        var scores = new float[trials.Scores.Length];
        for (var t = 0; t < scores.Length; t++)
        {
            var (face, voice) = (samples[trials.FaceSamples[t]], samples[trials.VoiceSamples[t]]);
            if (face.FaceCount > 1 || voice.VoiceCount > 1)
            {
                return null; // the ratio is known for one face and one voice only
            }

            scores[t] = (float)oracle.LogLikelihoodRatio(face.FaceStart, voice.VoiceStart, genderKnownEqual);
        }

        return RocCurve.Compute(scores, trials.Labels(), trials.Weights).AreaUnderCurve;
    }

    private DirectionResult Direction(JointSet set, float[] similarity, TrialProtocol protocol)
    {
        var matching = new CandidateMatching(options.Seed);
        return new()
        {
            Matching = [.. CandidateCounts.Select(n => matching.Measure(set, similarity, protocol, n, options.BootstrapReplicates)).OfType<MatchingResult>()],
            Retrieval = Retrieve(set, similarity, protocol),
        };
    }

    private RetrievalResult Retrieve(JointSet set, float[] similarity, TrialProtocol protocol)
    {
        var scores = similarity;
        if (protocol == TrialProtocol.GenderControlled)
        {
            scores = (float[])similarity.Clone();
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = set.Genders[i / set.Count] == set.Genders[i % set.Count] ? scores[i] : float.MinValue; // never ahead of anybody
            }
        }

        var retrieval = Retrieval.Evaluate(scores, set.Identities, set.Identities);
        var bootstrap = new IdentityBootstrap(options.BootstrapReplicates, seed: options.Seed);
        var identities = retrieval.Queries.Select(query => set.Identities[query]).ToArray();
        double[] first = [.. retrieval.FirstRelevantRank.ToArray().Select(rank => rank == 1 ? 1.0 : 0.0)];
        return new()
        {
            MeanAveragePrecision = bootstrap.OfMean(retrieval.AveragePrecision, identities),
            RecallAt1 = bootstrap.OfMean(first, identities),
            RecallAt5 = retrieval.RecallAt(5),
            RecallAt10 = retrieval.RecallAt(10),
            ChanceRecallAt1 = EmbeddingStatistics.ChanceRecall(set.Identities),
            Queries = retrieval.Queries.Count,
            Gallery = set.Count,
        };
    }

    private double Shuffled(JointSet set, float[] similarity)
    {
        var names = set.Identities.Distinct().ToArray();
        var dealt = (int[])names.Clone();
        RandomSource.Derive(options.Seed, 42).Shuffle(dealt.AsSpan());
        var map = names.Zip(dealt).ToDictionary(pair => pair.First, pair => pair.Second);
        var histogram = new ScoreHistogram();
        for (var i = 0; i < similarity.Length; i++)
        {
            histogram.Add(similarity[i], map[set.Identities[i / set.Count]] == set.Identities[i % set.Count]);
        }

        return histogram.AreaUnderCurve;
    }

    private CalibrationResult Calibrate(JointSet cohort, JointSet set, TrialSet test)
    {
        var similarity = Similarity(cohort, options.ScoreNormalization ? cohort : null);
        return Calibrator.Fit(Label(cohort, TrialSet.All(cohort, similarity, TrialProtocol.Uncontrolled, options.Seed)), Label(set, test));
    }

    private LabelledTrials Label(JointSet set, TrialSet trials) =>
        options.Positives == PositiveRelation.Identity
            ? LabelledTrials.OfPeople(trials)
            : LabelledTrials.OfGroups(trials, SampleGroups.Of(set.Features, options.Positives));

    private static ScoreDistribution Distribution(TrialSet trials)
    {
        var (matches, others) = (new double[Bins], new double[Bins]);
        for (var t = 0; t < trials.Scores.Length; t++)
        {
            var bin = Math.Clamp((int)((trials.Scores[t] + 1) * Bins / 2), 0, Bins - 1);
            (trials.FirstIdentities[t] == trials.SecondIdentities[t] ? matches : others)[bin]++;
        }

        return new(Share(matches), Share(others), 2.0 / Bins);
    }

    private static double[] Share(double[] counts) => Array.ConvertAll(counts, count => count / Math.Max(1, counts.Sum()));

    private static List<double[]> Map(JointSet set)
    {
        var n = Math.Min(set.Count, 300);
        float[] rows = [.. set.Faces.AsSpan(0, n * set.Dimension), .. set.Voices.AsSpan(0, n * set.Dimension)];
        var plane = PrincipalPlane.Project(rows, set.Dimension);
        return [.. Enumerable.Range(0, 2 * n).Select(i => new[] { Math.Round(plane[2 * i], 4), Math.Round(plane[(2 * i) + 1], 4), set.Genders[i % n], i < n ? 0 : 1 })];
    }

    private static List<string> Limits(JointSet set, JointSet? gendered, IReadOnlyList<string> broken, IReadOnlyList<string> brokenValidation)
    {
        var limits = new List<string>();
        if (broken.Count > 0)
        {
            limits.Add(LeftOut(broken, ""));
        }

        if (brokenValidation.Count > 0)
        {
            limits.Add(LeftOut(brokenValidation, "validation "));
        }

        var people = set.Features.CountIdentities();
        if (people < 200)
        {
            limits.Add(FormattableString.Invariant($"only {people} people: the intervals say how much that leaves open"));
        }

        if (gendered is null)
        {
            limits.Add("genders are not known: figures against the same gender are missing, and the others may rest on gender alone");
        }
        else if (gendered.Features.CountIdentities() is var known && known < people)
        {
            limits.Add(FormattableString.Invariant($"{people - known} of {people} people are of unknown gender: they are left out of the figures that go by gender"));
        }

        return limits;
    }

    private static string LeftOut(IReadOnlyList<string> broken, string part) =>
        $"{broken.Count} {part}sample{(broken.Count == 1 ? "" : "s")} left out, not finite in the embedding: {string.Join(", ", broken.Take(5))}{(broken.Count > 5 ? ", ..." : "")}";

    private static List<double[]> Thin(RocCurve curve)
    {
        var points = curve.Points;
        var step = Math.Max(1, points.Length / 400);
        var thin = new List<double[]>();
        for (var i = 0; i < points.Length; i += i < 200 ? 1 : step)
        {
            thin.Add([Math.Round(points[i].FalsePositiveRate, 6), Math.Round(points[i].TruePositiveRate, 6)]);
        }

        thin.Add([1, 1]);
        return thin;
    }

    /// <summary>A sample that is not finite is left out by name; one bad file must not take the whole evaluation with it.</summary>
    private static (FeatureSet Usable, IReadOnlyList<string> Broken) WithoutBroken(FeatureSet set)
    {
        var (keep, broken) = (new List<int>(), new List<string>());
        for (var i = 0; i < set.Samples.Length; i++)
        {
            if (IsFinite(set, set.Samples[i]))
            {
                keep.Add(i);
            }
            else
            {
                broken.Add(set.Samples[i].Id);
            }
        }

        return broken.Count == 0 ? (set, broken) : (set.Select([.. keep]), broken);
    }

    private static bool IsFinite(FeatureSet set, FeatureSample sample) =>
        Enumerable.Range(sample.FaceStart, sample.FaceCount).All(row => FiniteValues.AreAll(set.Faces.Row(row)))
        && Enumerable.Range(sample.VoiceStart, sample.VoiceCount).All(row => FiniteValues.AreAll(set.Voices.Row(row)));

    private FeatureSet Limit(FeatureSet set)
    {
        if (set.Samples.Length <= options.MaxSamples)
        {
            return set;
        }

        var order = Enumerable.Range(0, set.Samples.Length).ToArray();
        RandomSource.Derive(options.Seed, 43).Shuffle(order.AsSpan());
        var samples = set.Samples.ToArray();
        var keep = order.GroupBy(i => samples[i].Identity)
            .SelectMany(person => person.Select((i, turn) => (i, turn))).OrderBy(item => item.turn).Take(options.MaxSamples).Select(item => item.i).Order();
        return set.Select([.. keep]);
    }
}
