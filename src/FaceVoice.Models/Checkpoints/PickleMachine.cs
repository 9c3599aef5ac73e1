namespace FaceVoice.Models.Checkpoints;

/// <summary>The stack, the marks and the memo of an unpickler.</summary>
internal sealed class PickleMachine(string file)
{
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<long, object?> _memo = [];

    public void Push(object? value) => _stack.Add(value);

    public object? Pop()
    {
        RequireAboveMark(1);
        var value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    public object? Peek()
    {
        RequireAboveMark(1);
        return _stack[^1];
    }

    public T Pop<T>() => Pop() is T value ? value : throw Malformed($"a {typeof(T).Name} is missing");

    public T Peek<T>() => Peek() is T value ? value : throw Malformed($"a {typeof(T).Name} is missing");

    public void Mark() => _marks.Push(_stack.Count);

    /// <summary>Takes everything above the last mark, and the mark.</summary>
    public object?[] PopToMark()
    {
        if (!_marks.TryPop(out var mark))
        {
            throw Malformed("a mark is missing");
        }

        var values = _stack.GetRange(mark, _stack.Count - mark).ToArray();
        _stack.RemoveRange(mark, values.Length);
        return values;
    }

    /// <summary>Takes the top values, in the order in which they were pushed.</summary>
    public object?[] PopTuple(int count)
    {
        RequireAboveMark(count);
        var values = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    public void Remember(long key) => _memo[key] = Peek();

    public void RememberNext() => Remember(_memo.Count);

    public void Recall(long key) => Push(_memo.TryGetValue(key, out var value) ? value : throw Malformed($"the memo has no entry {key}"));

    public ModelFormatException Malformed(string what) => new($"{file}: the pickle is not well-formed: {what}.");

    private void RequireAboveMark(int count)
    {
        if (_stack.Count - (_marks.TryPeek(out var mark) ? mark : 0) < count)
        {
            throw Malformed("the stack is empty");
        }
    }
}

/// <summary>A dictionary of a pickle, in order; keys are text or whole numbers.</summary>
internal sealed class PickleDictionary : OrderedDictionary<object, object?>;
