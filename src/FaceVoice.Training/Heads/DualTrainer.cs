using System.Text.Json;
using FaceVoice.Datasets.Features;
using FaceVoice.Models;
using FaceVoice.Training.Runs;
using FaceVoice.Training.Sampling;

namespace FaceVoice.Training.Heads;

/// <summary>
/// Trains two projection heads on the features of frozen encoders, so that a face and a voice of one person come to lie close together.
/// One run, one thread.
/// </summary>
/// <remarks>
/// What is drawn in a step depends on the seed and the step's number alone. A run that was interrupted and resumed on a CPU ends with the
/// same bits as one that was not.
/// </remarks>
public sealed partial class DualTrainer : TrainingLoop<StepProgress, EpochSummary>
{
    private readonly DualTrainingOptions _options;
    private readonly FeatureScaler _faceScaler;
    private readonly FeatureScaler _voiceScaler;
    private readonly FeatureSet _train;
    private readonly FeatureSet _validation;
    private readonly BatchSampler _sampler;
    private readonly LearningRateSchedule _schedule;
    private readonly ValidationProbe _trainProbe;
    private readonly ValidationProbe _validationProbe;
    private readonly SpeakerTower? _tower;
    private readonly DualModel _model;
    private readonly int[] _groups;
    private readonly int[] _genders;
    private readonly float[] _faceBatch;
    private readonly float[] _voiceBatch;
    private readonly Dictionary<string, TrainingWarning> _warnings = [];
    private TrainerState _state = new();
    private int[]? _order;
    private long _epochStarted;

    /// <summary>Prepares a run.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="features">All features; the split says which people are trained on.</param>
    /// <param name="split">The division of the people.</param>
    /// <param name="run">Where the run lies.</param>
    /// <param name="observer">Hears how it goes.</param>
    /// <param name="tensorBoardFolder">Where event files go; the run's own folder by default.</param>
    /// <param name="time">Clock; the system's by default.</param>
    /// <exception cref="InvalidDataException">There are too few people or samples to train on; the message counts them.</exception>
    /// <exception cref="ModelFormatException">
    /// <see cref="DualTrainingOptions.TrainSpeakerEncoder"/> names no weights of a speaker encoder.
    /// </exception>
    /// <exception cref="FaceVoice.Models.Sessions.DeviceUnavailableException"><see cref="DualTrainingOptions.Device"/> is not there.</exception>
    /// <exception cref="TorchUnavailableException">LibTorch is missing.</exception>
    public DualTrainer(
        DualTrainingOptions options,
        FeatureSet features,
        IdentitySplit split,
        RunFolder run,
        ITrainingObserver<StepProgress, EpochSummary>? observer = null,
        string? tensorBoardFolder = null,
        TimeProvider? time = null)
        : base(run, observer, tensorBoardFolder, time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(split);
        options.Validate();
        LibTorch.Load();
        _options = options;

        var train = split.Select(features, SplitPart.Train);
        RequirePeople(train, features, options.Positives);
        _tower = LoadTower(options, features.Voices);
        var seen = _tower is null ? train : train.WithFeatures(train.Faces, _tower.EmbedAll(train.Voices));
        var (faceRows, voiceRows) = Rows(train);
        (_faceScaler, _voiceScaler) = (FitScaler(seen.Faces, faceRows, options.Standardize), FitScaler(seen.Voices, voiceRows, options.Standardize));
        var scaled = features.WithFeatures(_faceScaler.Apply(features.Faces), _tower is null ? _voiceScaler.Apply(features.Voices) : features.Voices);
        _tower?.Prepare(_voiceScaler, LibTorch.FindDevice(options.Device));
        (_train, _validation) = (split.Select(scaled, SplitPart.Train), split.Select(scaled, SplitPart.Validation));
        _sampler = new(_train, new()
        {
            BatchSize = options.BatchSize,
            ClipsPerIdentity = options.ClipsPerIdentity,
            SameGenderShare = options.HardNegatives,
            AnyClipOfPerson = options.AnyClipOfPerson,
            Seed = options.Seed,
        });
        _schedule = new(options, Math.Max(1, (long)options.NumEpochs * _sampler.BatchesPerEpoch / options.AccumulationSteps));
        _trainProbe = new(_train, options.Positives, options.Seed);
        _validationProbe = new(_validation, options.Positives, options.Seed);
        (_faceBatch, _voiceBatch) = (new float[_sampler.BatchSize * _train.Faces.Dimension], new float[_sampler.BatchSize * _train.Voices.Dimension]);
        (_groups, _genders) = (SampleGroups.Of(_train, options.Positives), SampleGroups.Genders(_train));
        _model = new(
            options,
            new(features.Faces.Dimension, _faceScaler.Level(seen.Faces, faceRows)),
            new(features.Voices.Dimension, _voiceScaler.Level(seen.Voices, voiceRows)),
            _tower);
    }

    private protected override RunState State => _state;

    private protected override bool IsDone => _state.Epoch >= _options.NumEpochs;

    private protected override int NonFinitePatience => _options.NonfinitePatience;

    private protected override string ResumeHint => $"Go on with: facevoice train --resume {Folder.Root}";

    /// <summary>Trains to the end, or to where it makes no sense to go on.</summary>
    /// <param name="resume">Whether to go on from the last checkpoint.</param>
    /// <param name="cancellationToken">Stops after the current step; the state is saved.</param>
    /// <exception cref="IOException">A checkpoint could not be written.</exception>
    public TrainingResult Train(bool resume, CancellationToken cancellationToken = default)
    {
        if (resume)
        {
            Restore();
        }
        else
        {
            Announce();
        }

        var (outcome, message) = _state.Finished
            ? (TrainingOutcome.Completed, "The run was finished already; nothing was done.")
            : RunEpochs(cancellationToken);
        Log.Write(
            "stop", ("reason", outcome.ToString()), ("text", message), ("step", _state.Step),
            ("best_epoch", _state.BestEpoch), ("best_validation_auc", _state.BestScore));
        return new()
        {
            Outcome = outcome,
            Message = message,
            BestEpoch = _state.BestEpoch,
            BestValidationAuc = _state.BestScore,
            Steps = _state.Step,
            Skipped = _state.Skipped,
            Warnings = [.. _warnings.Values],
        };
    }

    private protected override string? FindNonFinite() => _model.FindNonFiniteParameter();

    private protected override void WriteCheckpoint() => Save(Folder.LastCheckpoint);

    private protected override void Free() => _model.Dispose();

    private static void RequirePeople(FeatureSet train, FeatureSet all, PositiveRelation positives)
    {
        var people = train.CountIdentities();
        if (people < 2)
        {
            throw new InvalidDataException(
                $"Training needs at least two identities; there {(people == 1 ? "is" : "are")} {people} for training ({all.CountIdentities()} in the whole data set).");
        }

        if (positives != PositiveRelation.Identity && SampleGroups.CountStated(train, positives) < 2)
        {
            throw new InvalidDataException(positives == PositiveRelation.Gender
                ? "Matching by gender needs people of two stated genders among those for training."
                : "Matching by gender and age needs people of two stated genders or age bands (attributes.gender, attributes.age_band) among those for training.");
        }
    }

    private static SpeakerTower? LoadTower(DualTrainingOptions options, FeatureMatrix spectra)
    {
        if (options.TrainSpeakerEncoder.Length == 0)
        {
            return null;
        }

        var tower = SpeakerTower.Load(options.TrainSpeakerEncoder);
        return spectra.Dimension % tower.MelBins == 0 && spectra.Dimension > tower.MelBins
            ? tower
            : throw new InvalidDataException($"Training the speaker encoder needs log-mels of {tower.MelBins} bands as voice features, not rows of {spectra.Dimension} values.");
    }

    private static FeatureScaler FitScaler(FeatureMatrix matrix, int[] rows, bool standardize) =>
        standardize ? FeatureScaler.Fit(matrix, rows) : FeatureScaler.Identity(matrix.Dimension);

    private static (int[] Faces, int[] Voices) Rows(FeatureSet set)
    {
        var (faces, voices) = (new List<int>(), new List<int>());
        foreach (var sample in set.Samples)
        {
            faces.AddRange(Enumerable.Range(sample.FaceStart, sample.FaceCount));
            voices.AddRange(Enumerable.Range(sample.VoiceStart, sample.VoiceCount));
        }

        return ([.. faces], [.. voices]);
    }

    private (TrainingOutcome, string) RunEpochs(CancellationToken cancellationToken)
    {
        _epochStarted = Time.GetTimestamp();
        var (outcome, message) = RunSteps(cancellationToken);
        if (outcome == TrainingOutcome.NonFinite)
        {
            AddWarning(new("nonfinite", message));
        }

        return (outcome, outcome == TrainingOutcome.Completed ? BestLine("All epochs are done") : message);
    }

    private string BestLine(string start) => _state.BestEpoch < 0
        ? start + "; no validation people, so the last checkpoint is the result."
        : FormattableString.Invariant($"{start}; best on the validation people in epoch {_state.BestEpoch}: AUC {_state.BestScore:F4}.");

    private void Save(string path)
    {
        List<NamedTensor> tensors =
        [
            .. _model.Save(),
            new("scaler.face.mean", [_faceScaler.Mean.Length], _faceScaler.Mean),
            new("scaler.face.scale", [_faceScaler.Scale.Length], _faceScaler.Scale),
            new("scaler.voice.mean", [_voiceScaler.Mean.Length], _voiceScaler.Mean),
            new("scaler.voice.scale", [_voiceScaler.Scale.Length], _voiceScaler.Scale),
        ];
        var metadata = new Dictionary<string, string>
        {
            ["state"] = JsonSerializer.Serialize(_state, FeatureJson.Options),
            ["options"] = _options.ToJson().ToJsonString(),
            ["face_encoder"] = _train.Faces.Encoder,
            ["voice_encoder"] = _tower is null ? _train.Voices.Encoder : "trained on from " + _train.Voices.Encoder,
        };
        RunCheckpoint.Save(Folder, path, new(tensors, metadata), ResumeHint);
    }

    private void Restore()
    {
        _state = RunCheckpoint.Load(Folder, file =>
        {
            _model.Load(file.Tensors);
            return JsonSerializer.Deserialize<TrainerState>(file.Metadata["state"], FeatureJson.Options)!;
        });
        foreach (var line in RunLog.Read(Folder.LogFile).Where(line => (string?)line["event"] == "warning"))
        {
            var warning = new TrainingWarning((string)line["code"]!, (string)line["text"]!);
            _warnings.TryAdd(warning.Code, warning);
        }

        Log.Write("resume", ("step", _state.Step), ("epoch", _state.Epoch), ("batch", _state.Batch));
        Observer?.OnNotice($"resumed at epoch {_state.Epoch}, batch {_state.Batch} (step {_state.Step})");
    }
}
