using System.Diagnostics;
using System.Numerics.Tensors;
using System.Text.Json;
using FaceVoice.Models;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Speaker;
using FaceVoice.Training.Runs;
using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Data;
using FaceVoice.Training.Speaker.Runs;
using FaceVoice.Training.Speaker.Sampling;

namespace FaceVoice.Training.Speaker;

/// <summary>
/// Trains a speaker encoder as a classifier of the training speakers (AAM-softmax) and keeps the weights that tell held-out speakers apart best.
/// With the same settings, data and thread count a run repeats bit for bit on the processor, interrupted or not. Not thread-safe; keeps to
/// one thread.
/// </summary>
public sealed class SpeakerTrainer : TrainingLoop<SpeakerTrainingProgress, SpeakerValidation>
{
    private readonly SpeakerTrainerOptions _options;
    private readonly TrainingSchedule _schedule;
    private readonly CropFactory _crops;
    private readonly ValidationSet? _validation;
    private readonly SpeakerNetwork _network;
    private readonly AamSoftmax _classifier;
    private readonly Device _device;
    private readonly OptimizerHelper _optimizer;
    private readonly GradientStep _gradients;
    private readonly Stopwatch _clock = new();
    private readonly TrainingPosition _position = new();
    private readonly TimeSpan _elapsedBefore;
    private readonly CropLoader _loader;
    private ProgressWindow _window = new();

    /// <summary>Prepares a run, or goes on with one from its last checkpoint.</summary>
    /// <param name="options">The settings; a resumed run must be given those it was started with.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="training">Recordings to learn from.</param>
    /// <param name="trainingAudio">Their decoded audio, in the same order.</param>
    /// <param name="validation">Recordings of held-out speakers and their audio; null to keep the last weights.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="resume">Whether to go on from the last checkpoint; without one the run starts afresh.</param>
    /// <exception cref="Models.Sessions.DeviceUnavailableException"><see cref="SpeakerTrainerOptions.Device"/> is not there.</exception>
    /// <exception cref="TorchUnavailableException">LibTorch is missing.</exception>
    /// <exception cref="SpeakerDataException">The data do not suffice.</exception>
    /// <exception cref="DirectoryNotFoundException"><see cref="SpeakerTrainerOptions.InitialRun"/> is no run.</exception>
    /// <exception cref="FaceVoice.Models.ModelFormatException"><see cref="SpeakerTrainerOptions.InitialRun"/> trained another network.</exception>
    public SpeakerTrainer(
        SpeakerTrainerOptions options, RunFolder run, SpeakerDataset training, AudioCache trainingAudio,
        (SpeakerDataset Data, AudioCache Audio)? validation,
        ITrainingObserver<SpeakerTrainingProgress, SpeakerValidation>? observer, bool resume = false)
        : base(run, observer)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _schedule) = (options, new(options));
        _device = LibTorch.FindDevice(options.Device);
        if (options.Threads > 0)
        {
            torch.set_num_threads(options.Threads);
        }

        torch.manual_seed((long)options.Seed);
        _crops = new(training, trainingAudio, options.Augmentation, (int)(options.CropSeconds * 16_000), options.MelBins, options.Seed);
        _validation = validation is { } held ? new(held.Data, held.Audio, options) : null;
        _network = options.CreateNetwork();
        _network.to(_device);
        _classifier = new AamSoftmax(_network.Dimension, _crops.Classes.Count, options.Scale).to(_device);
        Parameter[] parameters = [.. _network.parameters(), .. _classifier.parameters()];
        _optimizer = options.Optimizer == SpeakerOptimizer.Sgd
            ? torch.optim.SGD(parameters, options.LearningRate, momentum: 0.9, weight_decay: options.WeightDecay, nesterov: true)
            : torch.optim.AdamW(parameters, options.LearningRate, weight_decay: options.WeightDecay);
        _gradients = new([.. parameters.Select(parameter => ("", parameter))], _optimizer);
        if (resume && File.Exists(run.LastCheckpoint))
        {
            _position = SpeakerCheckpoint.Load(run, _network, _classifier, _optimizer);
            _elapsedBefore = TimeSpan.FromSeconds(_position.ElapsedSeconds);
        }
        else if (options.InitialRun is { } initial)
        {
            SpeakerCheckpoint.LoadLearnt(RunFolder.Open(initial), _network, _classifier);
        }

        OneDnn.ChooseFor(_network);
        _loader = new(_crops, options.BatchSize, _position.Batch, options.Workers, ahead: 3 + options.Workers, options.Seed);
        var config = JsonSerializer.SerializeToNode(options, SpeakerRunJson.Default.SpeakerTrainerOptions)!;
        AtomicFile.WriteJson(run.ConfigFile, config);
        AtomicFile.WriteJson(run.EnvironmentFile, RunEnvironment.Describe(("libtorch", LibTorch.Version), ("onednn", OneDnn.IsOn ? "on" : "off")));
        Log.Write(
            "start", ("step", _position.Step), ("classes", _crops.Classes.Count), ("parameters", _network.parameters().Sum(p => p.numel())),
            ("validation_crops", _validation?.Count ?? 0));
    }

    /// <summary>Gets the number of classes: speakers times speeds.</summary>
    public int Classes => _crops.Classes.Count;

    /// <summary>Gets the number of steps done.</summary>
    public long StepsDone => _position.Step;

    private protected override RunState State => _position;

    private protected override bool IsDone => _schedule.Progress(_position.Step, Elapsed) >= 1;

    private protected override int NonFinitePatience => _options.NonFinitePatience;

    private protected override string ResumeHint => "Go on with the same command and --resume.";

    private string BestFile => Path.Combine(Folder.Root, SpeakerCheckpoint.WeightsFile);

    private TimeSpan Elapsed => _elapsedBefore + _clock.Elapsed;

    /// <summary>Trains to the end, or to the next step boundary after cancellation; either way a checkpoint is left.</summary>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <exception cref="SpeakerTrainingException">Too many steps in a row met non-finite numbers.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; it can be resumed.</exception>
    public SpeakerTrainingResult Run(CancellationToken cancellationToken = default)
    {
        _window = new();
        _clock.Start();
        var (outcome, message) = RunSteps(cancellationToken);
        return outcome switch
        {
            TrainingOutcome.NonFinite => throw new SpeakerTrainingException($"{message} A lower learning rate usually helps."),
            TrainingOutcome.Cancelled => throw new OperationCanceledException(message, cancellationToken),
            TrainingOutcome.Completed => Finish("all steps done"),
            _ => Finish(message),
        };
    }

    private protected override string? Step()
    {
        var progress = _schedule.Progress(_position.Step, Elapsed);
        _classifier.Margin = _schedule.Margin(progress);
        foreach (var group in _optimizer.ParamGroups)
        {
            group.LearningRate = _schedule.LearningRate(progress);
        }

        ClearGradients();
        string? trouble = null;
        for (var part = 0; part < _options.Accumulation && trouble is null; part++)
        {
            var waited = Stopwatch.GetTimestamp();
            var batch = _loader.Next();
            _window.DataSeconds += Stopwatch.GetElapsedTime(waited).TotalSeconds;
            _position.Batch = batch.Index + 1;
            trouble = Backward(batch);
        }

        var norm = trouble is null ? Math.Sqrt(_gradients.SquaredNorms().Values.Sum()) : 0;
        trouble ??= double.IsFinite(norm) ? null : "gradient";

        _position.Step++;
        if (trouble is null)
        {
            _gradients.Apply(norm, _options.ClipNorm);
        }
        else
        {
            Skip(trouble);
        }

        return trouble;
    }

    private protected override (TrainingOutcome, string)? AfterStep()
    {
        var step = _position.Step;
        if (step % _options.LogEvery == 0)
        {
            Report();
        }

        if (_validation is not null && step % _options.ValidateEvery == 0)
        {
            Validate();
            if (_options.Patience > 0 && _position.SinceBest >= _options.Patience)
            {
                return (TrainingOutcome.EarlyStopped, $"no progress in {_options.Patience} validations");
            }
        }

        if (step % _options.CheckpointEvery == 0)
        {
            TrySave();
        }

        return null;
    }

    private protected override string? FindNonFinite() => _network.FindNonFinite();

    private protected override void WriteCheckpoint()
    {
        _position.ElapsedSeconds = Elapsed.TotalSeconds;
        SpeakerCheckpoint.Save(Folder, _network, _classifier, _optimizer, _position, ResumeHint);
    }

    private protected override void Free()
    {
        _loader.Dispose();
        _optimizer.Dispose();
        _classifier.Dispose();
        _network.Dispose();
        OneDnn.Reset();
    }

    /// <summary>Adds one batch's gradients; the place of the first non-finite number, or null.</summary>
    private string? Backward(CropBatch batch)
    {
        if (!float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(batch.Features)))
        {
            return "input";
        }

        using var scope = torch.NewDisposeScope();
        var rows = batch.Classes.Length;
        var features = torch.tensor(batch.Features, [rows, _crops.Bands, batch.Frames], device: _device).transpose(1, 2);
        var labels = torch.tensor(batch.Classes, device: _device);
        var cosines = _classifier.Cosines(_network.forward(features));
        var mean = _classifier.Loss(cosines, labels);
        var loss = mean.ToDouble();
        if (!double.IsFinite(loss))
        {
            return "loss";
        }

        (_options.Accumulation == 1 ? mean : mean.div(_options.Accumulation)).backward();
        _window.Add(loss, cosines.detach().argmax(1).eq(labels).to(ScalarType.Float32).mean().ToDouble(), rows);
        return null;
    }

    private void ClearGradients()
    {
        _network.zero_grad();
        _classifier.zero_grad();
    }

    private void Skip(string place)
    {
        ClearGradients();
        _position.Skipped++;
        var first = (_position.Batch - _options.Accumulation) * _options.BatchSize;
        Log.Write(
            "non_finite", ("step", _position.Step), ("place", place), ("first_sample", first),
            ("samples", _options.BatchSize * _options.Accumulation));
        Observer?.OnNotice($"Step {_position.Step} was skipped: non-finite {place}.");
    }

    private void Report()
    {
        var (step, elapsed) = (_position.Step, Elapsed);
        var progress = _schedule.Progress(step, elapsed);
        var remaining = TimeSpan.FromSeconds(Math.Min(1e8, elapsed.TotalSeconds * (1 - progress) / Math.Max(progress, 1e-9)));
        var line = _window.Close(step, _options.Steps, Classes, _optimizer.ParamGroups.First().LearningRate, _classifier.Margin, remaining);
        Log.Write(
            "step", ("step", step), ("loss", line.Loss), ("chance_loss", line.ChanceLoss), ("accuracy", line.Accuracy), ("learning_rate", line.LearningRate),
            ("margin", line.Margin), ("samples_per_second", line.SamplesPerSecond), ("data_share", line.DataShare), ("elapsed_s", elapsed.TotalSeconds));
        WriteScalars("train/", ("loss", line.Loss), ("accuracy", line.Accuracy), ("learning_rate", line.LearningRate), ("margin", line.Margin));
        WriteScalars("speed/", ("samples_per_second", line.SamplesPerSecond), ("data_share", line.DataShare));
        Observer?.OnProgress(line);
    }

    private void Validate()
    {
        var (error, clean, cost) = _validation!.Measure(_network);
        var best = _position.BestError is not { } before || error < before;
        _position.SinceBest++;
        if (best)
        {
            (_position.BestError, _position.BestStep, _position.SinceBest) = (error, _position.Step, 0);
            SpeakerCheckpoint.SaveWeights(BestFile, _network);
        }

        Log.Write("validation", ("step", _position.Step), ("eer", error), ("eer_clean", clean), ("min_dcf", cost), ("best", best));
        WriteScalars("validation/", ("eer", error), ("eer_clean", clean), ("min_dcf", cost));
        Observer?.OnValidation(new(_position.Step, error, clean, cost, best));
    }

    private SpeakerTrainingResult Finish(string reason)
    {
        if (_validation is null)
        {
            SpeakerCheckpoint.SaveWeights(BestFile, _network);
            _position.BestStep = _position.Step;
        }
        else if (_position.Step % _options.ValidateEvery != 0)
        {
            Validate();
        }

        TrySave();
        Log.Write(
            "end", ("step", _position.Step), ("reason", reason), ("best_step", _position.BestStep),
            ("best_eer", _position.BestError), ("skipped", _position.Skipped));
        return new(_position.Step, _position.BestStep, _position.BestError, BestFile, reason);
    }
}
